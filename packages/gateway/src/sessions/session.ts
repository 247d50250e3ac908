import type { BonafideError } from '@bonafide/core/errors';
import type { Connection as ConnectionRecord, PrincipalAddress, PrincipalType } from '@bonafide/core/models';
import type { ClientFrame, Hello } from '@bonafide/core/protocol';
import type { Principal } from '../context.ts';

/** What carries frames: a WebSocket, or a stream of events with POSTs beside it. */
export interface Carrier {
  readonly transport: ConnectionRecord['transport'];
  /** Bytes that the reader has not taken yet. */
  readonly bufferedBytes: number;
  /** Sends whole frames, as lines. */
  send(lines: string): void;
  /** Asks no more of the other side until `resume`. */
  pause(): void;
  resume(): void;
  /** Closes after what was sent, or at once when the reader takes nothing. */
  close(): void;
}

/** What of a hello holds for as long as its session. */
export type Terms = Pick<Hello, 'credit' | 'profiles' | 'taskTypes'>;

/** One live session. Its address is its lock: no other session has it, and `epoch` rises with each that had it. */
export interface Session {
  readonly sessionId: string;
  readonly epoch: number;
  /** It goes on where the one before ended: its client showed the token of that. */
  readonly isResumed: boolean;
  readonly principal: Principal;
  /** As in audit entries. */
  readonly actor: string;
  /** Where it works now, which may be another workspace than that of its credential. */
  readonly workspace: string;
  readonly tenant: string;
  readonly address: PrincipalAddress;
  /** The canonical form of `address`. */
  readonly name: string;
  readonly hello: Terms;
  readonly connection: ConnectionRecord;
  /** Ends with the session. */
  readonly signal: AbortSignal;
  /** What is queued for the reader and not yet taken, in bytes. */
  readonly queuedBytes: number;
  /** Queues whole frames, as lines; what is queued in one turn of the event loop leaves in one write. */
  write(lines: string): void;
  /** Says why, and closes. */
  close(problem?: BonafideError): void;
}

/** What one part of the gateway does with its frames in one session. */
export interface SessionPart {
  /** A frame of one of the kinds it asked for. What it throws before it returns is told to the client. */
  onFrame(frame: ClientFrame, body: string): void;
  /** The reader took what it was sent, so that there is room again. */
  onDrain?(): void;
  /** The session is over; durable state was changed before, or is now. */
  close(): void;
}

/** A part of the gateway that speaks frames of its own. */
export interface SessionExtension {
  readonly frames: readonly ClientFrame['t'][];
  /**
   * Called once the session is the holder of its address, right after the welcome was queued; and again, after the part
   * before was closed, when the session moved to another workspace. What is numbered per session goes on counting then.
   */
  open(session: Session): SessionPart;
}

/** The sessions of this gateway. */
export interface Hub {
  /** Who has this address here, in canonical form. */
  find(workspace: string, name: string): Session | undefined;
  get(sessionId: string): Session | undefined;
  /** Those that work in the workspace now, all or those of one type. */
  listOf(workspace: string, type?: PrincipalType): Iterable<Session>;
  /** Called after a session was opened and after it was closed; returns the function that ends it. */
  watch(
    listener: (change: { readonly kind: 'opened' | 'closed'; readonly session: Session }) => void,
  ): () => void;
}
