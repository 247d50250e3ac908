/** Waiting that can be cut short. */
export class Pause {
  #end: (() => void) | undefined;

  /** Resolves after so long, or once it is ended. */
  wait(ms: number): Promise<void> {
    this.end();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => this.end(), ms);
    this.#end = () => {
      clearTimeout(timer);
      resolve();
    };
    return promise;
  }

  end(): void {
    const end = this.#end;
    this.#end = undefined;
    end?.();
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
