import { BonafideError, type Agent as SecuredAgent, type SecureOptions, secure } from '@bonafide/core';
import type { IntentReply } from '@bonafide/core/models';
import type { IncomingExecution, IncomingIntent, Peer } from '../exchange/types.ts';
import { openPeers } from '../network/open-peers.ts';
import type { Peers, PeersOptions } from '../network/types.ts';
import { warn } from '../network/warn.ts';
import { type Capabilities, toSkill } from './capability.ts';
import { replyToTask } from './reply-to-task.ts';

/** Under which name it starts, and all that `secure` and `openPeers` take; what it can do comes from its class. */
export interface StartOptions extends Omit<SecureOptions, 'capabilities' | 'skills' | 'peers'>, PeersOptions {
  readonly name: string;
}

export interface StopOptions {
  /** For what runs, after which it is aborted; default 10,000. */
  readonly timeoutMs?: number | undefined;
}

interface Running {
  readonly agent: SecuredAgent;
  readonly peers: Peers;
}

/**
 * An agent that does things for others: it says what, and runs it. Others find it with `agents.find`, ask with an intent,
 * and have it executed; every execution is permitted and recorded like any other action.
 */
export abstract class Agent implements AsyncDisposable {
  /** What it does, by name; published when it starts. Made with `capability`, so that arguments have types. */
  abstract readonly capabilities: Capabilities;
  #running: Running | undefined;
  #isStarted = false;
  #stopped: Promise<void> | undefined;

  /**
   * Runs one of the capabilities; what it returns is the result, what it throws the error. Narrow the argument to
   * `ExecutionOf<ThisClass>`.
   */
  abstract execute(execution: IncomingExecution<unknown>): unknown;

  /** Replies to intents; by default it accepts tasks that fit a capability, and declines words. */
  onIntent(intent: IncomingIntent): IntentReply | Promise<IntentReply> {
    return replyToTask(this.capabilities, { intent, now: new Date() });
  }

  /** Once it can reach others and be reached. What it throws fails `start`. */
  onStart(): void | Promise<void> {}

  /** When it is asked to stop, while it still can reach others. */
  onStop(): void | Promise<void> {}

  /** Somebody connected, or was connected to. */
  onPeer(_peer: Peer): void | Promise<void> {}

  /** Something failed that nobody waited for; by default a warning of the process. */
  onError(error: Error): void {
    warn(error);
  }

  /** Itself as `secure` made it: identity, permission and every operation. */
  get agent(): SecuredAgent {
    return this.#started().agent;
  }

  /** Its channels to others. */
  get peers(): Peers {
    return this.#started().peers;
  }

  /** Registers it with what it can do, opens its network, and resolves once others can reach it. Works once. */
  async start({ name, ...options }: StartOptions): Promise<this> {
    if (this.#isStarted) throw new BonafideError('CONFLICT', 'An agent starts once: make a new one.');
    this.#isStarted = true;
    const [peersOptions, secureOptions] = split(options);
    const skills = Object.entries(this.capabilities).map(([name, each]) => toSkill(name, each));
    const agent = await secure(name, {
      ...secureOptions,
      ...{ skills, capabilities: Object.keys(this.capabilities) },
      peers: async () => this.peers,
    });
    try {
      this.#running = { agent, peers: await openPeers(agent, peersOptions) };
      this.#listen();
      await this.onStart();
      return this;
    } catch (error) {
      await this.#close(agent);
      throw error;
    }
  }

  /** Takes nothing new, lets what runs finish for a while, tells the gateway and closes. Further calls wait for the first. */
  stop(options: StopOptions = {}): Promise<void> {
    this.#stopped ??= this.#stop(options);
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #listen(): void {
    const { peers } = this.#started();
    peers.on('connected', (peer) => this.onPeer(peer));
    peers.on('error', (error) => this.onError(error));
    peers.onIntent((intent) => this.onIntent(intent));
    for (const [name, each] of Object.entries(this.capabilities))
      peers.provide(name, each, (execution) => this.execute(execution));
  }

  async #stop({ timeoutMs = 10_000 }: StopOptions): Promise<void> {
    if (!this.#running) return;
    const { agent, peers } = this.#running;
    try {
      await this.onStop();
      await peers.close({ finishWithinMs: timeoutMs });
    } finally {
      await this.#close(agent);
    }
  }

  async #close(agent: SecuredAgent): Promise<void> {
    const peers = this.#running?.peers;
    this.#running = undefined;
    try {
      await peers?.close();
    } finally {
      await agent[Symbol.asyncDispose]();
    }
  }

  #started(): Running {
    if (this.#running) return this.#running;
    throw new BonafideError('UNAVAILABLE', 'This agent does not run: start() it first.');
  }
}

type Rest = Omit<StartOptions, 'name'>;

function split(options: Rest): readonly [PeersOptions, Omit<Rest, keyof PeersOptions>] {
  const { rtc, accept, allowsRelay, connectTimeoutMs, resumeTimeoutMs, ...others } = options;
  const { iceServers, iceTransportPolicy, bindAddress, ...rest } = others;
  const ice = { iceServers, iceTransportPolicy, bindAddress };
  return [{ rtc, accept, allowsRelay, connectTimeoutMs, resumeTimeoutMs, ...ice }, rest];
}
