import { signEnvelope } from '@bonafide/core/identity';
import { HELLO, PROTOCOL } from '@bonafide/core/protocol';
import { describe, expect, it } from 'vitest';
import { connectRaw, type HelloChange, helloFrame, openRaw } from '../testing/session-client.ts';
import { newSigner, startGateway } from '../testing/test-gateway.ts';

describe('the handshake of a session', () => {
  it('ends with a signed welcome that names the address', async () => {
    await using gateway = await startGateway();
    const { signer } = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof: { signer } });
    expect(session.welcome).toMatchObject({
      ...{ address: 'ag::default::worker::default', workspace: 'default', epoch: 1, isResumed: false },
      config: { workspace: 'default', tenant: 'default', settings: { criticalApprovers: 1 } },
    });
    const welcome = session.received.map(({ frame }) => frame).find((frame) => frame.t === 'welcome');
    expect(welcome?.envelope.iss).toBe(gateway.gateway.did);
  });

  it('refuses a hello that was sent before, on another connection', async () => {
    await using gateway = await startGateway();
    const { signer } = await gateway.register('worker');
    await using first = await openRaw(gateway.url);
    const hello = await helloFrame(first, { proof: { signer } });
    first.send(hello);
    await first.next('welcome');
    await using second = await openRaw(gateway.url);
    second.send(hello);
    expect((await second.ended).problem.code).toBe('REPLAYED');
  });

  it('refuses a second hello on the same connection', async () => {
    await using gateway = await startGateway();
    const { signer } = await gateway.register('worker');
    await using session = await openRaw(gateway.url);
    const hello = await helloFrame(session, { proof: { signer } });
    session.send(hello);
    session.send(hello);
    expect((await session.ended).problem.code).toBe('UNAUTHENTICATED');
  });

  it.each<[string, HelloChange, string]>([
    ['another gateway', { gateway: newSigner().did }, 'SIGNATURE_INVALID'],
    ['another nonce', { nonce: 'A'.repeat(22) }, 'REPLAYED'],
    ['an unknown protocol', { protocol: 'bonafide.v2' }, 'VALIDATION_FAILED'],
    ['an unknown field', { isAdmin: true }, 'VALIDATION_FAILED'],
    [
      'a name that an address cannot hold',
      { principal: { type: 'agent', implementation: 'a::b' } },
      'VALIDATION_FAILED',
    ],
    ['a workspace that it may not see', { workspace: 'elsewhere' }, 'FORBIDDEN'],
    ['a user that an agent cannot be', { principal: { type: 'user' } }, 'FORBIDDEN'],
    ['a service without leave', { principal: { type: 'service', implementation: 'billing' } }, 'FORBIDDEN'],
  ])('refuses a hello for %s', async (_, change, code) => {
    await using gateway = await startGateway();
    const { signer } = await gateway.register('worker');
    await expect(connectRaw(gateway.url, { proof: { signer }, ...change })).rejects.toMatchObject({ code });
  });

  it('refuses a key that is not registered, a wrong signature, and a token that is none', async () => {
    await using gateway = await startGateway();
    const { signer } = await gateway.register('worker');
    const stranger = connectRaw(gateway.url, { proof: { signer: newSigner() } });
    await expect(stranger).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const nobody = connectRaw(gateway.url, { proof: { token: 'bft_wrong' } });
    await expect(nobody).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await using forged = await openRaw(gateway.url);
    const hello = await helloFrame(forged, { proof: { signer: newSigner() } });
    if (hello.envelope) forged.send({ ...hello, envelope: { ...hello.envelope, iss: signer.did } });
    expect((await forged.ended).problem.code).toBe('SIGNATURE_INVALID');
  });

  it('refuses an envelope of another type and a hello with two proofs', async () => {
    await using gateway = await startGateway();
    const { signer } = await gateway.register('worker');
    await using wrong = await openRaw(gateway.url);
    const { frame } = await wrong.next('challenge');
    const payload = {
      protocol: PROTOCOL,
      nonce: frame.nonce,
      gateway: frame.gateway,
      principal: { type: 'agent' },
    };
    wrong.send({ t: 'hello', envelope: await signEnvelope(payload, { signer, type: 'message' }) });
    expect((await wrong.ended).problem.code).toBe('SIGNATURE_INVALID');
    await using both = await openRaw(gateway.url);
    const envelope = await signEnvelope(payload, { signer, type: HELLO });
    both.send({ t: 'hello', envelope, token: gateway.ownerToken });
    expect((await both.ended).problem.code).toBe('UNAUTHENTICATED');
  });

  it('refuses a revoked agent, and closes its session at once', async () => {
    await using gateway = await startGateway();
    const { signer, agentId } = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof: { signer } });
    await gateway.call({ token: gateway.ownerToken }, 'agents.revoke', { agentId, reason: 'stolen' });
    expect((await session.ended).problem.code).toBe('REVOKED');
    const again = connectRaw(gateway.url, { proof: { signer } });
    await expect(again).rejects.toMatchObject({ code: 'REVOKED' });
  });

  it('gives a person one window each, and a machine the address that it asks for', async () => {
    await using gateway = await startGateway();
    const proof = { token: gateway.ownerToken };
    await using one = await connectRaw(gateway.url, { proof, principal: { type: 'user' } });
    await using two = await connectRaw(gateway.url, { proof, principal: { type: 'user', window: 'w2' } });
    expect(one.welcome.address).toMatch(/^us::[0-9a-f-]{36}::[0-9a-f]{18}$/);
    expect(two.welcome.address).toMatch(/::w2$/);
    const principal = { type: 'service', implementation: 'billing', specifier: 'eu' } as const;
    await using service = await connectRaw(gateway.url, { proof, principal });
    expect(service.welcome.address).toBe('sv::billing::eu');
  });

  it.each([
    ['the gateway', { type: 'service', implementation: 'bonafide', specifier: 'gateway' }],
    ['a rule', { type: 'workflow-engine', implementation: 'rules', specifier: 'a' }],
    ['another machine', { type: 'service', implementation: 'token', specifier: 'a' }],
  ] as const)('lets not even an owner pose as %s', async (_, principal) => {
    await using gateway = await startGateway();
    const posing = connectRaw(gateway.url, { proof: { token: gateway.ownerToken }, principal });
    await expect(posing).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('lets nobody else take the name of a registered agent, nor an address that somebody had', async () => {
    await using gateway = await startGateway();
    const [alice, bob] = [await gateway.register('alice'), await gateway.register('bob')];
    const as = (implementation: string) => ({ principal: { type: 'agent', implementation } as const });
    const posing = connectRaw(gateway.url, { proof: bob, ...as('alice') });
    await expect(posing).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const first = await connectRaw(gateway.url, { proof: alice, ...as('crawler') });
    await first[Symbol.asyncDispose]();
    const later = connectRaw(gateway.url, { proof: bob, ...as('crawler') });
    await expect(later).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await gateway.call({ token: gateway.ownerToken }, 'agents.revoke', {
      agentId: alice.agentId,
      reason: 'gone',
    });
    await using heir = await connectRaw(gateway.url, { proof: bob, ...as('crawler') });
    expect(heir.welcome).toMatchObject({
      address: 'ag::default::crawler::default',
      epoch: 2,
      isResumed: false,
    });
  });
});
