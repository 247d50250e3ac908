import type { MessageKind } from '@bonafide/core/models';
import { decodeFrames, type GatewayFrame, type Welcome } from '@bonafide/core/protocol';
import { connectRaw, type HelloChange, type Proof, type RawSocket } from './session-client.ts';
import type { Body, TestGateway } from './test-gateway.ts';

/** A session with what tests of messages do all the time. */
interface MessageSession extends AsyncDisposable {
  readonly raw: RawSocket & { readonly welcome: Welcome };
  readonly address: string;
  /** Sends a kept message; resolves with the sequence, negative for a duplicate, or rejects with the problem. */
  put(to: string, body: Body, change?: Partial<Sent>): Promise<number>;
  /** The next delivery. */
  take(): Promise<Taken>;
  ack(d: number): void;
  /** Everything that was sent before it is dealt with once this resolves. */
  settle(): Promise<void>;
}

interface Sent {
  readonly id: string;
  readonly kind: MessageKind;
  readonly ttl: number;
  readonly replyTo: string;
  readonly grant: string;
}

export interface Taken {
  readonly d: number;
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly try: number;
  readonly body: Body;
}

/** Opens a session; by default as the agent of the proof. */
export async function openSession(
  gateway: Pick<TestGateway, 'url'>,
  proof: Proof,
  change: HelloChange = {},
): Promise<MessageSession> {
  const raw = await connectRaw(gateway.url, { proof, ...change });
  const answers = new Map<number, PromiseWithResolvers<number>>();
  // One frame answers many, so it is not taken as others are.
  raw.socket.on('message', (data) => {
    for (const { frame } of decodeFrames<GatewayFrame>(String(data))) {
      if (frame.t === 'accepted') for (const [n, sequence] of frame.list) answers.get(n)?.resolve(sequence);
      if (frame.t === 'refused')
        answers.get(frame.n)?.reject(Object.assign(new Error(frame.problem.detail), frame.problem));
    }
  });
  raw.socket.on('close', () => {
    for (const { reject } of answers.values()) reject(new Error('closed'));
  });
  let n = 1000;
  return {
    raw,
    address: raw.welcome.address,
    put(to, body, { id = crypto.randomUUID(), kind = 'chat', ...rest } = {}) {
      const answer = Promise.withResolvers<number>();
      answers.set(++n, answer);
      raw.send({ t: 'send', n, to, kind, id, ...rest }, body);
      return answer.promise;
    },
    async take() {
      const { frame, body } = await raw.next('msg');
      return { ...frame, body };
    },
    ack: (d) => raw.send({ t: 'ack', d }),
    async settle() {
      // A change of its own comes after the others of this session.
      await raw.call('messages.acknowledge', { sequences: [1] });
    },
    [Symbol.asyncDispose]: () => raw[Symbol.asyncDispose](),
  };
}
