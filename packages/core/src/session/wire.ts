import type { BonafideError } from '../errors.ts';

/** An open way to the gateway for whole frames, as lines. */
export interface Wire {
  /** Bytes that the network has not taken yet. */
  readonly bufferedBytes: number;
  send(lines: string): void;
  /** Closes after what was sent; at once when the other side does not answer. */
  close(): void;
}

export interface WireEvents {
  onText(lines: string): void;
  /** Called once, however it ended. */
  onClose(error: BonafideError): void;
}
