import { BonafideError, ConnectionError } from '../errors.ts';
import { canonicalAddress } from '../models/address.ts';
import type { MessageKind } from '../models/message.ts';
import { problemToError } from '../transport/response-error.ts';
import { toText } from './bodies.ts';
import type { SessionLink } from './link.ts';
import { Recent } from './recent.ts';

/** Of so many live messages a failure can still be told. */
const REMEMBERED = 1024;

/** Live messages: gone when they are sent; only their failures come back. */
export class Posts {
  readonly #link: SessionLink;
  readonly #sent = new Recent<string>(REMEMBERED);

  constructor(link: SessionLink) {
    this.#link = link;
    link.onFrame(['refused', 'problem'], ({ n, problem }) => this.#onFailure(n, problemToError(problem)));
  }

  post(to: string, body: unknown, kind: MessageKind): void {
    const n = this.#link.nextNumber();
    const address = canonicalAddress(to);
    if (this.#link.sendFrame({ t: 'live', to: address, kind, n }, toText(body))) {
      this.#sent.set(String(n), address);
    } else {
      this.#link.reportError(new ConnectionError(`The live message to ${address} found no connection.`));
    }
  }

  #onFailure(n: number, error: BonafideError): void {
    const to = this.#sent.get(String(n));
    if (to === undefined) return;
    this.#sent.forget(String(n));
    const { code, message, details, requestId } = error;
    const text = `The live message to ${to} failed: ${message}`;
    this.#link.reportError(new BonafideError(code, text, { details: { ...details, to }, requestId }));
  }
}
