import { encodeEnvelope, signEnvelope } from '@bonafide/core/identity';
import { PEER_SIGNAL, type PeerMessage, type PeerSignal } from '@bonafide/core/models';
import { encodeFrame } from '@bonafide/core/protocol';
import type { Services } from '../context.ts';
import type { Session } from '../sessions/session.ts';
import { MAX_SIGNAL_LIFETIME_SECONDS } from './read-signal.ts';

/** What the gateway says itself, signed by its own key. */
export type Voice = (session: Session, to: string, message: PeerMessage) => void;

const HEAD = encodeFrame({ t: 'peer' });

export function createVoice({ did, sign, now }: Pick<Services, 'did' | 'sign' | 'now'>): Voice {
  const signer = { did, sign: async (bytes: Uint8Array) => sign(bytes) };
  return (session, to, message) => {
    const payload: PeerSignal = { version: 1, to, message };
    const expiresInSeconds = MAX_SIGNAL_LIFETIME_SECONDS;
    void signEnvelope(payload, { signer, type: PEER_SIGNAL, expiresInSeconds, nowMs: now() }).then(
      (envelope) => session.write(`${HEAD}${encodeEnvelope(envelope)}\n`),
    );
  };
}
