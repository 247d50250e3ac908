/** Waiting that can be cut short. */
export class Pause {
  #end: ((isDue: boolean) => void) | undefined;

  /** Resolves after so long, or once it is ended: with whether what was waited for is due. */
  wait(ms: number): Promise<boolean> {
    this.end(false);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => this.end(true), ms);
    this.#end = (isDue) => {
      clearTimeout(timer);
      resolve(isDue);
    };
    return promise;
  }

  end(isDue: boolean): void {
    const end = this.#end;
    this.#end = undefined;
    end?.(isDue);
  }
}

/** Random, so that those who lost a connection together do not come back together. */
export function jitteredBackoffMs(failures: number, { firstMs, longestMs }: Backoff): number {
  return Math.random() * Math.min(longestMs, firstMs * 2 ** failures);
}

export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}
