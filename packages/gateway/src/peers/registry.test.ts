import { encodeEnvelope, signEnvelope, verifyEnvelope } from '@bonafide/core/identity';
import { PEER_SIGNAL } from '@bonafide/core/models';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPeer, openRegistered, type PeerSession } from '../testing/peer-sessions.ts';
import { newSigner, startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';

const offer = { type: 'OFFER', sdp: 'v=0', linkId: 'l'.repeat(16) };
const unknown = {
  code: 'NOT_FOUND',
  detail: 'Nobody with this key that you can find takes peer connections now.',
};

let gateway: TestGateway;
let [alice, bob]: TestAgent[] = [];
let round = 0;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(async () => {
  round++;
  [alice, bob] = [await gateway.register(`alice-${round}`), await gateway.register(`bob-${round}`)];
});

const a = () => alice as TestAgent;
const b = () => bob as TestAgent;
const second = { principal: { type: 'agent', implementation: 'second', specifier: 'peers' } } as const;

/** Until the end of the other session has come to the gateway. */
const untilAway = (caller: PeerSession, did: string) =>
  vi.waitFor(() => expect(caller.signal(did, offer)).rejects.toMatchObject(unknown), { timeout: 10_000 });

describe('a registration', () => {
  it('is what makes a peer, of who signals and of who is signalled', async () => {
    await using caller = await openPeer(gateway, a());
    await using callee = await openPeer(gateway, b());
    await expect(caller.signal(callee.did, offer)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      details: { reason: 'unregistered' },
    });
    await caller.register();
    await expect(caller.signal(callee.did, offer)).rejects.toMatchObject(unknown);
    await callee.register();
    await caller.signal(callee.did, offer);
    await expect(caller.signal(caller.did, offer)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('ends at its own wish', async () => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b());
    await callee.signal(gateway.gateway.did, { type: 'UNREGISTER', reason: 'enough' });
    await expect(caller.signal(callee.did, offer)).rejects.toMatchObject(unknown);
    await expect(callee.signal(caller.did, offer)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await callee.signal(gateway.gateway.did, { type: 'UNREGISTER' });
    await callee.register();
    await caller.signal(callee.did, offer);
  });

  it('ends with its session, whether that said goodbye or not', async () => {
    await using caller = await openRegistered(gateway, a());
    const polite = await openRegistered(gateway, b());
    await caller.signal(polite.did, offer);
    polite.raw.send({ t: 'bye' });
    await polite.raw.ended;
    await expect(caller.signal(polite.did, offer)).rejects.toMatchObject(unknown);
    const killed = await openRegistered(gateway, b());
    await caller.signal(killed.did, offer);
    killed.raw.socket.terminate();
    await untilAway(caller, killed.did);
  });

  it('does not survive the key of its agent, nor its agent', async () => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b());
    const old = b().signer;
    const next = newSigner();
    const proof = encodeEnvelope(
      await signEnvelope(
        { agentId: b().agentId, oldDid: old.did, newDid: next.did },
        { signer: next, type: 'agent.key-rotation' },
      ),
    );
    expect(
      (await gateway.call({ signer: old }, 'agents.rotateKey', { newDid: next.did, proof })).status,
    ).toBe(200);
    await expect(caller.signal(old.did, offer)).rejects.toMatchObject(unknown);
    await callee.raw.ended;
    await using renewed = await openRegistered(gateway, { signer: next });
    await caller.signal(renewed.did, offer);
    const owner = { token: gateway.ownerToken };
    await gateway.call(owner, 'agents.revoke', { agentId: b().agentId, reason: 'stolen' });
    await expect(caller.signal(next.did, offer)).rejects.toMatchObject(unknown);
  });

  it('belongs to the newest session of an agent; the one before is told by the gateway', async () => {
    await using caller = await openRegistered(gateway, a());
    await using older = await openRegistered(gateway, b());
    await using newer = await openRegistered(gateway, b(), second);
    const { from, text, message } = await older.take();
    expect(from).toBeUndefined();
    expect(message).toMatchObject({ type: 'ERROR', problem: { code: 'CONFLICT' } });
    expect((await verifyEnvelope(text, { type: PEER_SIGNAL })).iss).toBe(gateway.gateway.did);
    await expect(older.signal(caller.did, offer)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await caller.signal(newer.did, offer);
    expect((await newer.take()).message.type).toBe('OFFER');
    // Its end takes nothing from its successor.
    await older[Symbol.asyncDispose]();
    await caller.signal(newer.did, offer);
    await newer.take();
    await using newest = await openRegistered(gateway, b());
    expect((await newer.take()).message.type).toBe('ERROR');
    await newer[Symbol.asyncDispose]();
    await caller.signal(newest.did, offer);
    await newest.take();
  });

  it('again by the same session changes its terms and is no conflict', async () => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b(), { allowsRelay: false });
    expect(await caller.refusal(caller.relay(callee.did, 'AAAA'))).toMatchObject({ code: 'FORBIDDEN' });
    await callee.register({ allowsRelay: true });
    await caller.signal(callee.did, offer);
    expect((await callee.take()).message.type).toBe('OFFER');
    expect(callee.raw.received.filter(({ frame }) => frame.t === 'peer')).toHaveLength(1);
  });
});
