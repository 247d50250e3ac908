import { randomBytes } from 'node:crypto';
import { BonafideError } from '@bonafide/core/errors';
import { toProblem } from '@bonafide/core/problem';
import {
  type ClientFrame,
  decodeFrames,
  encodeFrame,
  type HelloFrame,
  PROTOCOL,
  type ReadFrame,
} from '@bonafide/core/protocol';
import type { Outbox } from './outbox.ts';
import type { Carrier } from './session.ts';

/** What is said on a connection once its owner was let in. */
export interface Speaker {
  onFrame(frame: ClientFrame, body: string): void;
  onDrain(): void;
  onClose(): void;
}

/** What connections need of their server. */
export interface Reception {
  readonly outbox: Outbox;
  readonly gatewayDid: string;
  readonly maxQueuedBytes: number;
  readonly framesPerSecond: number;
  readonly helloTimeoutMs: number;
  now(): number;
  /** Must end in `admit` or `close`. */
  greet(connection: Connection, hello: HelloFrame): void;
  /** Told once, when it is over. */
  onEnd(connection: Connection): void;
  toError(cause: unknown): BonafideError;
}

/** A reader that takes nothing for this many beats is let go, and so is who says nothing. */
const GONE_AFTER_BEATS = 3;
const BURST_SECONDS = 2;
/** How many times what stops reading from a client may wait for it before it is let go. */
const OVERFLOW = 8;
const MAX_BACKLOG_BYTES = 8 * 1024 * 1024;
const PONG = encodeFrame({ t: 'pong' });
const PING = encodeFrame({ t: 'ping' });
const BYE = encodeFrame({ t: 'bye' });

type Frames = Generator<ReadFrame<ClientFrame>>;
type State = 'challenged' | 'greeting' | 'open' | 'closed';

/** One connection from its challenge to its end: reads frames, writes once per turn of the event loop, and keeps both within bounds. */
export class Connection {
  readonly carrier: Carrier;
  readonly remoteAddress: string;
  /** What limits count by. */
  readonly network: string;
  readonly nonce: string = randomBytes(16).toString('base64url');
  readonly #reception: Reception;
  #state: State = 'challenged';
  #speaker: Speaker | undefined;
  #patience: NodeJS.Timeout | undefined;
  #queue = '';
  #sent = 0;
  #takenAtBeat = 0;
  #blockedBeats = 0;
  #silentBeats = 0;
  #credit: number;
  #framesAt: number;
  #isPaused = false;
  #hasSpoken = false;
  #backlog: Frames[] = [];
  #backlogBytes = 0;

  constructor(
    carrier: Carrier,
    options: { readonly reception: Reception; readonly remoteAddress: string; readonly network: string },
  ) {
    const { reception, remoteAddress, network } = options;
    this.carrier = carrier;
    this.remoteAddress = remoteAddress;
    this.network = network;
    this.#reception = reception;
    this.#credit = reception.framesPerSecond * BURST_SECONDS;
    this.#framesAt = reception.now();
    this.#patience = setTimeout(() => this.#loseHelloPatience(), reception.helloTimeoutMs);
    const { gatewayDid } = reception;
    const at = new Date(reception.now()).toISOString();
    this.write(
      encodeFrame({ t: 'challenge', protocol: PROTOCOL, gateway: gatewayDid, nonce: this.nonce, at }),
    );
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** Whether anything came since its owner was let in: only who got the welcome says something. */
  get hasSpoken(): boolean {
    return this.#hasSpoken;
  }

  /** Its owner was let in, and is still there. */
  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get queuedBytes(): number {
    return this.#queue.length + this.carrier.bufferedBytes;
  }

  /** Queues whole frames; they leave together at the end of this turn of the event loop. */
  write(lines: string): void {
    if (this.#state === 'closed') return;
    if (this.#queue === '') this.#reception.outbox.add(this);
    this.#queue += lines;
  }

  /** Hands what is queued to the carrier. */
  flush(): void {
    if (this.#queue === '') return;
    const lines = this.#queue;
    this.#queue = '';
    this.#sent += lines.length;
    this.carrier.send(lines);
    const { maxQueuedBytes } = this.#reception;
    const queued = this.carrier.bufferedBytes;
    // Who does not take its answers asks no more; what it asked before may still be answered, within bounds.
    if (queued > maxQueuedBytes) this.#pause();
    if (queued > maxQueuedBytes * OVERFLOW) {
      this.close(new BonafideError('LIMIT_EXCEEDED', 'This reader left too much unread.'));
    }
  }

  /** Lets the owner in: from now on its frames go to the speaker. */
  admit(speaker: Speaker): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#state = 'open';
    this.#speaker = speaker;
  }

  receive(text: string): void {
    // What was on its way when it ended.
    if (this.#state === 'closed') return;
    this.#silentBeats = 0;
    this.#hasSpoken ||= this.#state === 'open';
    const frames = decodeFrames<ClientFrame>(text);
    if (!this.#isPaused && this.#backlog.length === 0) {
      this.#read(frames);
      return;
    }
    // What was on its way when reading stopped; a carrier that is paused brings little more.
    this.#backlog.push(frames);
    this.#backlogBytes += text.length;
    if (this.#backlogBytes > MAX_BACKLOG_BYTES) {
      this.close(new BonafideError('LIMIT_EXCEEDED', 'Too much was sent without reading the answers.'));
    }
  }

  drained(): void {
    if (this.#isPaused && this.#credit >= 0) this.#resume();
    this.#speaker?.onDrain();
  }

  /** Says why, and closes. */
  close(problem?: BonafideError): void {
    if (this.#state === 'closed') return;
    const lines = this.#queue + (problem ? encodeFrame({ t: 'bye', problem: toProblem(problem) }) : BYE);
    this.lost();
    this.carrier.send(lines);
    this.carrier.close();
  }

  /** The other side is gone. */
  lost(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearTimeout(this.#patience);
    this.#queue = '';
    this.#backlog = [];
    const speaker = this.#speaker;
    this.#speaker = undefined;
    speaker?.onClose();
    this.#reception.onEnd(this);
  }

  /** Once in a while: asks whether anybody is there, and lets go who is not or who takes nothing. */
  beat(): void {
    const { bufferedBytes } = this.carrier;
    const taken = this.#sent - bufferedBytes;
    this.#blockedBeats = bufferedBytes > 0 && taken <= this.#takenAtBeat ? this.#blockedBeats + 1 : 0;
    this.#takenAtBeat = taken;
    if (this.#blockedBeats >= GONE_AFTER_BEATS) {
      this.#giveUp('This reader took nothing for too long.');
      return;
    }
    // While it is asked to be silent its silence says nothing.
    if (this.#isPaused) return;
    if (++this.#silentBeats > GONE_AFTER_BEATS) {
      this.#giveUp('Nothing was heard of this session.');
      return;
    }
    if (this.#silentBeats > 1 && this.#state === 'open') this.write(PING);
  }

  #read(frames: Frames): void {
    try {
      while (this.#state !== 'closed') {
        if (this.#isPaused) {
          this.#backlog.unshift(frames);
          return;
        }
        const { value, done } = frames.next();
        if (done) break;
        this.#credit--;
        this.#take(value.frame, value.body);
      }
    } catch (cause) {
      this.close(this.#reception.toError(cause));
      return;
    }
    if (this.#credit < 0) this.#slowDown();
  }

  #readBacklog(): void {
    while (!this.#isPaused && this.#state !== 'closed') {
      const frames = this.#backlog.shift();
      if (!frames) {
        this.#backlogBytes = 0;
        return;
      }
      this.#read(frames);
    }
  }

  #take(frame: ClientFrame, body: string): void {
    if (this.#state === 'open') {
      if (frame.t === 'ping') this.write(PONG);
      else if (frame.t === 'bye') this.close();
      else if (frame.t !== 'pong') this.#speaker?.onFrame(frame, body);
      return;
    }
    if (frame.t === 'bye') {
      this.close();
      return;
    }
    if (frame.t !== 'hello' || this.#state === 'greeting') {
      throw new BonafideError(
        'UNAUTHENTICATED',
        'The first frame is one hello, and its welcome is to be awaited.',
      );
    }
    this.#state = 'greeting';
    this.#reception.greet(this, frame);
  }

  #loseHelloPatience(): void {
    this.close(new BonafideError('TIMEOUT', 'No hello came in time.'));
  }

  #giveUp(why: string): void {
    this.close(new BonafideError('TIMEOUT', why));
  }

  // Frames are never dropped: who sends too many is read more slowly.
  #slowDown(): void {
    const { framesPerSecond, now } = this.#reception;
    const at = now();
    const earned = (Math.max(0, at - this.#framesAt) / 1000) * framesPerSecond;
    this.#credit = Math.min(framesPerSecond * BURST_SECONDS, this.#credit + earned);
    this.#framesAt = at;
    if (this.#credit >= 0) return;
    this.#pause();
    const waitMs = Math.ceil((-this.#credit / framesPerSecond) * 1000);
    setTimeout(() => {
      this.#credit = Math.max(0, this.#credit);
      this.#framesAt = now();
      if (this.queuedBytes <= this.#reception.maxQueuedBytes) this.#resume();
    }, waitMs);
  }

  #pause(): void {
    if (this.#isPaused || this.#state === 'closed') return;
    this.#isPaused = true;
    this.carrier.pause();
  }

  #resume(): void {
    if (this.#state === 'closed') return;
    this.#isPaused = false;
    this.#silentBeats = 0;
    this.carrier.resume();
    this.#readBacklog();
  }
}
