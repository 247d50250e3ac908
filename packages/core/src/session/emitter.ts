import type { Handler } from './types.ts';

/** Handlers by the name of what they wait for, in the order in which they were added. */
export class Emitter<Events> {
  readonly #handlers = new Map<keyof Events, Set<Handler<never>>>();

  on<Name extends keyof Events>(name: Name, handler: Handler<Events[Name]>): () => void {
    const handlers = this.#handlers.get(name) ?? new Set();
    // Wrapped, so that one function can be added twice.
    const own: Handler<Events[Name]> = (value) => handler(value);
    this.#handlers.set(name, handlers.add(own));
    return () => void handlers.delete(own);
  }

  /** Calls all of them; what one throws goes to `onFailure`. False: there is none. */
  emit<Name extends keyof Events>(
    name: Name,
    value: Events[Name],
    onFailure: (error: unknown) => void,
  ): boolean {
    const handlers = this.#handlers.get(name);
    if (!handlers || handlers.size === 0) return false;
    for (const handler of [...handlers]) void call(handler as Handler<Events[Name]>, value).catch(onFailure);
    return true;
  }
}

async function call<Value>(handler: Handler<Value>, value: Value): Promise<void> {
  await handler(value);
}
