import type { BonafideError } from '@bonafide/core/errors';
import type { Connection as ConnectionRecord, PrincipalAddress } from '@bonafide/core/models';
import { toProblem } from '@bonafide/core/problem';
import { type ClientFrame, encodeFrame, type Hello, type SessionConfig } from '@bonafide/core/protocol';
import { actorOf } from '../context.ts';
import type { Connection, Speaker } from './connection.ts';
import type { LocalHub } from './hub.ts';
import { type Proven, unknownFrame } from './proof.ts';
import type { Session, SessionExtension, SessionPart, Terms } from './session.ts';

/** What all sessions of a gateway share. */
export interface Floor {
  readonly hub: LocalHub;
  readonly extensions: readonly SessionExtension[];
  /** Which of the extensions take frames of a kind. */
  readonly takers: ReadonlyMap<string, readonly number[]>;
  toError(cause: unknown): BonafideError;
  onClosed(session: LiveSession): void;
}

export interface Opening {
  readonly connection: Connection;
  readonly floor: Floor;
  readonly principal: Proven['principal'];
  readonly hello: Hello;
  readonly isResumed: boolean;
  readonly record: ConnectionRecord;
  readonly address: PrincipalAddress;
  readonly config: SessionConfig;
}

/** Where a session goes when it moves. */
interface Move {
  readonly record: ConnectionRecord;
  readonly address: PrincipalAddress;
  readonly config: SessionConfig;
}

export function takersOf(extensions: readonly SessionExtension[]): Floor['takers'] {
  const takers = new Map<string, number[]>();
  extensions.forEach((extension, index) => {
    for (const kind of extension.frames) takers.set(kind, [...(takers.get(kind) ?? []), index]);
  });
  return takers;
}

const NONE: [] = [];

/** An idle session keeps no proof, and no lists that are empty. */
function termsOf({ credit, profiles, taskTypes }: Hello): Terms {
  return {
    credit,
    profiles: profiles.length > 0 ? profiles : NONE,
    taskTypes: taskTypes.length > 0 ? taskTypes : NONE,
  };
}

/** A session that is the holder of its address, until another one is. */
export class LiveSession implements Session, Speaker {
  readonly sessionId: string;
  readonly actor: string;
  readonly isResumed: boolean;
  readonly hello: Terms;
  readonly principal: Proven['principal'];
  readonly line: Connection;
  readonly #floor: Floor;
  #connection: ConnectionRecord;
  #address: PrincipalAddress;
  #config: SessionConfig;
  #parts: readonly SessionPart[] = [];
  #ended: AbortController | undefined;
  #isClosed = false;

  constructor({ connection, floor, principal, hello, isResumed, record, address, config }: Opening) {
    this.sessionId = record.sessionId;
    this.actor = actorOf(principal);
    this.isResumed = isResumed;
    this.hello = termsOf(hello);
    this.principal = principal;
    this.line = connection;
    this.#floor = floor;
    this.#connection = record;
    this.#address = address;
    this.#config = config;
  }

  get connection(): ConnectionRecord {
    return this.#connection;
  }

  get epoch(): number {
    return this.#connection.epoch;
  }

  get workspace(): string {
    return this.#connection.workspace;
  }

  get tenant(): string {
    return this.#config.tenant;
  }

  get address(): PrincipalAddress {
    return this.#address;
  }

  get name(): string {
    return this.#connection.address;
  }

  get signal(): AbortSignal {
    // Made on demand: an idle session needs none.
    this.#ended ??= new AbortController();
    if (this.#isClosed) this.#ended.abort();
    return this.#ended.signal;
  }

  get queuedBytes(): number {
    return this.line.queuedBytes;
  }

  write(lines: string): void {
    this.line.write(lines);
  }

  close(problem?: BonafideError): void {
    this.line.close(problem);
  }

  /** Lets it take part; its parts may write at once. */
  start(): void {
    this.#floor.hub.add(this);
    this.#openParts();
  }

  /** Takes it to another workspace, where it holds its address already. */
  move({ record, address, config }: Move): void {
    this.#closeParts();
    this.#floor.hub.move(this, () => {
      this.#connection = record;
      this.#address = address;
    });
    this.setConfig(config);
    this.#openParts();
  }

  /** Tells the client when where it works was changed. */
  setConfig(config: SessionConfig): void {
    const { workspace, settings } = this.#config;
    if (workspace === config.workspace && settings === config.settings) return;
    this.#config = config;
    this.write(encodeFrame({ t: 'config', config }));
  }

  onFrame(frame: ClientFrame, body: string): void {
    const takers = this.#floor.takers.get(frame.t);
    if (!takers) throw unknownFrame(frame.t);
    try {
      for (const taker of takers) this.#parts[taker]?.onFrame(frame, body);
    } catch (cause) {
      this.#refuse(frame, this.#floor.toError(cause));
    }
  }

  onDrain(): void {
    for (const part of this.#parts) part.onDrain?.();
  }

  onClose(): void {
    this.#isClosed = true;
    this.#floor.hub.remove(this);
    this.#ended?.abort();
    this.#closeParts();
    this.#floor.onClosed(this);
  }

  #openParts(): void {
    this.#parts = this.#floor.extensions.map((extension) => extension.open(this));
  }

  #closeParts(): void {
    const parts = this.#parts;
    this.#parts = [];
    for (const part of parts) part.close();
  }

  #refuse(frame: ClientFrame, error: BonafideError): void {
    const n = 'n' in frame && Number.isSafeInteger(frame.n) ? frame.n : undefined;
    // What has no number cannot be answered: going on would hide it.
    if (n === undefined) {
      this.close(error);
      return;
    }
    const problem = toProblem(error);
    this.write(encodeFrame({ t: frame.t === 'send' ? 'refused' : 'problem', n, problem }));
  }
}
