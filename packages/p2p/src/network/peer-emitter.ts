import { BonafideError } from '@bonafide/core';
import type { PeerEvents } from './types.ts';
import { warn } from './warn.ts';

type Handler<Value> = (value: Value) => unknown;
type Handlers = { readonly [Name in keyof PeerEvents]: Set<Handler<PeerEvents[Name]>> };

/** Handlers of peer events; what one throws is an `error` event, and what no `error` handler takes is a warning. */
export class PeerEmitter {
  readonly #handlers: Handlers = {
    connected: new Set(),
    closed: new Set(),
    changed: new Set(),
    channel: new Set(),
    violation: new Set(),
    error: new Set(),
  };

  on<Name extends keyof PeerEvents>(name: Name, handler: Handler<PeerEvents[Name]>): () => void {
    const handlers = this.#handlers[name];
    if (!handlers) {
      const names = Object.keys(this.#handlers).join(', ');
      throw new BonafideError('VALIDATION_FAILED', `There is no event '${name}', only ${names}.`);
    }
    // Wrapped, so that one function can be added twice.
    const own: Handler<PeerEvents[Name]> = (value) => handler(value);
    handlers.add(own);
    return () => void handlers.delete(own);
  }

  /** Whether anybody would be told. */
  hears(name: keyof PeerEvents): boolean {
    return this.#handlers[name].size > 0;
  }

  /** False: nobody listens. */
  emit<Name extends keyof PeerEvents>(name: Name, value: PeerEvents[Name]): boolean {
    const handlers = [...this.#handlers[name]];
    const onFailure = name === 'error' ? warn : (error: Error): void => this.fail(error);
    for (const handler of handlers) void run(() => handler(value), onFailure);
    return handlers.length > 0;
  }

  /** Tells of something that nobody waits for. */
  fail(error: Error): void {
    if (!this.emit('error', error)) warn(error);
  }
}

async function run(handler: () => unknown, onFailure: (error: Error) => void): Promise<void> {
  try {
    await handler();
  } catch (error) {
    onFailure(error instanceof Error ? error : BonafideError.from(error));
  }
}
