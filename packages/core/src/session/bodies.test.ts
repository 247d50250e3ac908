import { describe, expect, it } from 'vitest';
import { delivered, framesOf, PEER, startLiveSession, until } from '../../test-support/live-session.ts';
import type { BonafideError } from '../errors.ts';
import { createKeyPair, type Signer, signerFromSeed } from '../identity/index.ts';
import type { MessageFrame } from '../protocol/index.ts';
import { createBodyCodec } from './bodies.ts';
import type { IncomingMessage, SessionOptions } from './index.ts';

const WORKER = 'ag::default::worker::01';
const POOL = 'tb::default::worker';
const sender = signerFromSeed(createKeyPair().seed);
const recipient = signerFromSeed(createKeyPair().seed);

const codecOf = (signer: Signer | undefined, address: string) =>
  createBodyCodec({
    signer,
    now: Date.now,
    address: () => address,
    workspace: () => 'default',
    maxBytes: () => 1_000_000,
  });

/** The text of a body as PEER would send it as message `m1`. */
const written = (given: Partial<Parameters<ReturnType<typeof codecOf>['encode']>[0]> = {}) =>
  codecOf(sender, PEER).encode({
    ...{ to: WORKER, kind: 'chat', id: 'm1', body: { secret: 7 } },
    ...{ sign: true, sealFor: undefined, expiresInSeconds: undefined, ...given },
  });

async function deliver(
  text: string,
  frame: Partial<MessageFrame> = {},
  options: Partial<SessionOptions> = {},
) {
  await using started = await startLiveSession({}, { signer: recipient, ...options });
  const { live, far } = started;
  const seen: IncomingMessage[] = [];
  const errors: BonafideError[] = [];
  live.on('message', (incoming) => void seen.push(incoming));
  live.on('error', (error) => void errors.push(error));
  far().send(delivered(1, frame), text);
  await until(() => framesOf(far(), 'ack').length === 1);
  return { seen, errors, rejects: framesOf(far(), 'reject') };
}

it('is JSON, and what is not is refused before anything is sent', async () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  for (const body of [undefined, () => 1, 1n, { n: 1n }, circle]) {
    await expect(written({ body, sign: false })).rejects.toMatchObject({
      ...{ code: 'VALIDATION_FAILED', message: expect.stringContaining('The body of a message is JSON') },
    });
  }
});

describe('a signed body', () => {
  it('comes with the DID that signed it', async () => {
    const { seen } = await deliver(await written());
    expect(seen).toMatchObject([{ body: { secret: 7 }, signedBy: sender.did, isSealed: false }]);
  });

  it('holds for whoever of a group gets it', async () => {
    const text = await codecOf(sender, PEER).encode({
      ...{ to: 'ga::default', kind: 'chat', id: 'm1', body: 1, sign: true },
      ...{ sealFor: undefined, expiresInSeconds: undefined },
    });
    const { seen } = await deliver(text, { to: 'ga::default' });
    expect(seen).toMatchObject([{ signedBy: sender.did }]);
  });

  it.each<[string, Partial<MessageFrame>]>([
    ['from somebody else', { from: 'ag::default::mallory::1' }],
    ['under another id', { id: 'm2' }],
    ['as another kind', { kind: 'control' }],
    ['as an answer to something else', { replyTo: 'm0' }],
    ['to another address', { to: POOL }],
  ])('is refused when it is passed on %s', async (_, frame) => {
    const { seen, errors, rejects } = await deliver(await written(), frame);
    expect(seen).toEqual([]);
    expect(errors).toMatchObject([{ code: 'SIGNATURE_INVALID' }]);
    expect(rejects).toHaveLength(1);
  });

  it('is refused by whom it is not for, even if the gateway says that it is', async () => {
    const to = 'ag::default::other::1';
    const { errors } = await deliver(await written({ to }), { to });
    expect(errors).toMatchObject([
      { code: 'SIGNATURE_INVALID', message: expect.stringContaining('somebody else') },
    ]);
  });

  it('is refused when a word was changed', async () => {
    const text = (await written()).replace('"secret":7', '"secret":8');
    const { errors, seen } = await deliver(text);
    expect([errors.map(({ code }) => code), seen]).toEqual([['SIGNATURE_INVALID'], []]);
  });

  it('is refused once it is too late', async () => {
    const text = await written({ expiresInSeconds: 1 });
    const { errors } = await deliver(text, {}, { now: () => Date.now() + 5000 });
    expect(errors).toMatchObject([{ code: 'SIGNATURE_EXPIRED' }]);
  });

  it('is nothing that a live message can bring', async () => {
    await using started = await startLiveSession({}, { signer: recipient });
    const failed = Promise.withResolvers<BonafideError>();
    started.live.on('chat', () => expect.unreachable());
    started.live.on('error', failed.resolve);
    started.far().send({ t: 'live', from: PEER, to: WORKER, kind: 'chat' }, await written());
    await expect(failed.promise).resolves.toMatchObject({ code: 'SIGNATURE_INVALID' });
  });

  it('needs a key', async () => {
    await using started = await startLiveSession({}, { signer: undefined, token: 'bft_1' });
    await expect(started.live.send(PEER, 1, { sign: true })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});

describe('a sealed body', () => {
  it('can be read by its recipient alone, and says who signed it inside', async () => {
    const text = await written({ sealFor: recipient.did });
    expect(text).not.toContain('secret');
    expect(text).not.toContain(sender.did);
    const { seen } = await deliver(text);
    expect(seen).toMatchObject([{ body: { secret: 7 }, signedBy: sender.did, isSealed: true }]);
  });

  it('may be anonymous', async () => {
    const { seen } = await deliver(await written({ sign: false, sealFor: recipient.did }));
    expect(seen).toMatchObject([{ body: { secret: 7 }, signedBy: undefined, isSealed: true }]);
  });

  it.each([
    ['sealed for another key', sender.did, recipient, 'SIGNATURE_INVALID'],
    [
      'opened by a signer that only signs',
      recipient.did,
      { did: recipient.did, sign: recipient.sign },
      'UNSUPPORTED',
    ],
  ])('is refused when %s', async (_, sealFor, signer, code) => {
    const { errors, rejects } = await deliver(await written({ sealFor }), {}, { signer });
    expect(errors).toMatchObject([{ code }]);
    expect(rejects).toHaveLength(1);
  });

  it('is refused when it was changed', async () => {
    const sealed = JSON.parse(await written({ sealFor: recipient.did }));
    const { errors } = await deliver(JSON.stringify({ ...sealed, box: `${sealed.box.slice(0, -4)}AAAA` }));
    expect(errors).toMatchObject([{ code: 'VALIDATION_FAILED' }]);
  });
});

describe('send', () => {
  it('binds what it signs to the frame it goes with', async () => {
    await using started = await startLiveSession(
      {
        onFrame: ({ frame }, session) => {
          if (frame.t === 'send') session.send({ t: 'accepted', list: [[frame.n, 1]] });
        },
      },
      { signer: recipient },
    );
    await started.live.send('ag.default.peer.1', { x: [1, undefined] }, { sign: true, messageId: 'm9' });
    const [{ body = '' } = {}] = started.far().received;
    expect(JSON.parse(body)).toMatchObject({
      type: 'message',
      iss: recipient.did,
      payload: { from: WORKER, to: PEER, kind: 'chat', messageId: 'm9', body: { x: [1, null] } },
    });
    const received = {
      from: WORKER,
      to: PEER,
      kind: 'chat',
      id: 'm9',
      replyTo: undefined,
      body: JSON.parse(body),
    } as const;
    await expect(codecOf(sender, PEER).decode(received)).resolves.toMatchObject({ signedBy: recipient.did });
  });
});
