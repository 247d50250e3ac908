import { BonafideError } from '@bonafide/core/errors';
import { fromProblem, type Problem, toProblem } from '@bonafide/core/problem';
import type { Services } from '../context.ts';
import { refuse } from '../messages/sender.ts';
import type { PeerLimits } from './limits.ts';
import { noPartner, noRelay, unreachable } from './reach.ts';
import { type LocalPeer, type Registry, remember } from './registry.ts';
import type { Target } from './targets.ts';

type Kind = 'peer' | 'relay';

/** What is handed to a peer: the frame of its sender, and the number that the sender gave it. */
interface Handed {
  readonly sender: LocalPeer;
  readonly n: number;
  readonly body: string;
}

/** For a peer on another gateway; the lines of its frame follow. */
interface HandPacket {
  readonly kind: Kind;
  readonly gateway: string;
  readonly sender: string;
  /** Of the sender. */
  readonly session: string;
  readonly n: number;
  /** Session of the target. */
  readonly to: string;
}

/** What became of it: for a sealed packet only when it was refused. */
interface AnswerPacket {
  readonly kind: 'answer';
  readonly of: Kind;
  readonly session: string;
  readonly n: number;
  readonly problem?: Problem | undefined;
}

export type Done = (error?: BonafideError) => void;

/** Hands frames to peers, here or on other gateways, and never more than their readers take. */
export interface Switchboard {
  /** `done` is called once, also when another gateway does not answer; throws when it is refused here. */
  signal(target: Target, handed: Handed, done: Done): void;
  /** Throws when it is refused here; the sender is told when it is refused elsewhere. */
  relay(target: Target, handed: Handed): void;
}

export function createSwitchboard(
  { bus, hub, gatewayId }: Services,
  { registry, limits }: { readonly registry: Registry; readonly limits: PeerLimits },
): Switchboard {
  const waiting = createWaiting(limits.answerMs);

  function give(peer: LocalPeer, kind: Kind, lines: string): void {
    const { session } = peer;
    const most = kind === 'peer' ? limits.signalQueueBytes : limits.relayQueueBytes;
    if (session.queuedBytes + lines.length > most)
      throw new BonafideError('UNAVAILABLE', 'This peer reads too slowly. Nothing was handed on.');
    session.write(lines);
  }

  function signalTo(peer: LocalPeer, lines: string, sender: string): void {
    give(peer, 'peer', lines);
    // Who signalled a peer may be answered by it.
    remember(peer.contacts, sender, limits.contacts);
  }

  function relayTo(peer: LocalPeer, lines: string, sender: string): void {
    if (!peer.allowsRelay) throw noRelay();
    if (!peer.relayPartners.has(sender)) throw noPartner();
    give(peer, 'relay', lines);
  }

  function post({ gatewayId: target, sessionId: to }: Target, kind: Kind, { sender, n, body }: Handed): void {
    const { did, session } = sender;
    const packet: HandPacket = {
      ...{ kind, gateway: gatewayId, sender: did, session: session.sessionId, n, to },
    };
    bus.post(subjectOf(target), `${JSON.stringify(packet)}\n${sender.heads[kind]}${body}\n`);
  }

  function take({ kind, gateway, sender, session, n, to }: HandPacket, lines: string): void {
    const answer = (problem?: Problem) => {
      const packet: AnswerPacket = { kind: 'answer', of: kind, session, n, problem };
      bus.post(subjectOf(gateway), `${JSON.stringify(packet)}\n`);
    };
    try {
      const peer = registry.get(to);
      if (!peer) throw unreachable();
      if (kind === 'peer') signalTo(peer, lines, sender);
      else relayTo(peer, lines, sender);
    } catch (error) {
      answer(toProblem(BonafideError.from(error)));
      return;
    }
    if (kind === 'peer') answer();
  }

  function settle({ of, session: sessionId, n, problem }: AnswerPacket): void {
    const error = problem && fromProblem(problem);
    if (of === 'peer') waiting.end(`${sessionId}/${n}`, error);
    else {
      const session = hub.get(sessionId);
      if (session && error) refuse(session, n, error);
    }
  }

  bus.listen(subjectOf(gatewayId), (text) => {
    const cut = text.indexOf('\n');
    // Only gateways post here.
    const packet = JSON.parse(text.slice(0, cut)) as HandPacket | AnswerPacket;
    if (packet.kind === 'answer') settle(packet);
    else take(packet, text.slice(cut + 1));
  });

  return {
    signal(target, handed, done) {
      const { sender, n, body } = handed;
      if (target.gatewayId === gatewayId) {
        if (!target.local) throw unreachable();
        signalTo(target.local, `${sender.heads.peer}${body}\n`, sender.did);
        done();
        return;
      }
      waiting.add(`${sender.session.sessionId}/${n}`, done);
      post(target, 'peer', handed);
    },
    relay(target, handed) {
      const { sender, body } = handed;
      if (target.gatewayId !== gatewayId) post(target, 'relay', handed);
      else if (target.local) relayTo(target.local, `${sender.heads.relay}${body}\n`, sender.did);
      else throw unreachable();
    },
  };
}

/** What other gateways were asked to hand on, and have not answered. */
function createWaiting(answerMs: number) {
  const waiting = new Map<string, { readonly done: Done; readonly timer: NodeJS.Timeout }>();

  function end(key: string, error?: BonafideError): void {
    const each = waiting.get(key);
    if (!each) return;
    waiting.delete(key);
    clearTimeout(each.timer);
    each.done(error);
  }

  return {
    end,
    add(key: string, done: Done): void {
      if (waiting.has(key))
        throw new BonafideError('VALIDATION_FAILED', 'n must be a number that is not under way.');
      waiting.set(key, { done, timer: setTimeout(() => end(key, noAnswer()), answerMs).unref() });
    },
  };
}

function noAnswer(): BonafideError {
  return new BonafideError(
    'UNAVAILABLE',
    'The gateway of this peer did not answer. Whether it got this is unknown.',
  );
}

function subjectOf(gatewayId: string): string {
  return `peers/${gatewayId}`;
}
