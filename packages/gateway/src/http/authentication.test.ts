import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  newSigner,
  signed,
  startGateway,
  type TestAgent,
  type TestGateway,
  toAnswer,
  toRequest,
} from '../testing/test-gateway.ts';

const DAY_SECONDS = 86_400;

describe('signed requests', () => {
  let gateway: TestGateway;
  let agent: TestAgent;
  beforeAll(async () => {
    gateway = await startGateway();
    agent = await gateway.register('alice');
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const verify = (headers = {}) => toRequest('actions.verify', { input: { action: 'a.b' }, headers });
  const sendSigned = async (
    change: (request: Awaited<ReturnType<typeof signed>>) => object,
    path = '/v1/actions',
  ) => {
    const request = await signed(gateway.url, {
      sender: agent,
      request: verify({ 'idempotency-key': crypto.randomUUID() }),
    });
    return toAnswer(await fetch(gateway.url + path, { ...request, ...change(request) }));
  };
  const countActions = async () =>
    (await gateway.call(agent, 'actions.list', { limit: 100 })).body.items.length;

  it('are refused when body, query, path, method or a signed header was changed', async () => {
    const before = await countActions();
    const answers = [
      await sendSigned(() => ({ body: JSON.stringify({ action: 'a.c' }) })),
      await sendSigned(({ headers }) => ({ headers: { ...headers, 'idempotency-key': 'another' } })),
      await sendSigned(({ headers }) => ({ headers: { ...headers, 'content-digest': 'sha-256=:AAAA:' } })),
      await sendSigned(() => ({}), '/v1/actions?x=1'),
      await sendSigned(() => ({}), '/v1/actions/log'),
      await sendSigned(() => ({ method: 'PATCH' }), '/v1/agents/self'),
    ];
    expect(answers.map(({ body }) => body.code)).toEqual(answers.map(() => 'SIGNATURE_INVALID'));
    expect(await countActions()).toBe(before);
  });

  it('are refused when a covered header was taken away, or the signature is of another key', async () => {
    const other = await signed(gateway.url, { sender: { signer: newSigner() }, request: verify() });
    const swapped = await sendSigned(() => ({
      headers: { ...other.headers, 'signature-input': other.headers['signature-input'] },
    }));
    expect(
      (await sendSigned(({ headers: { 'idempotency-key': _, ...headers } }) => ({ headers }))).body.code,
    ).toBe('SIGNATURE_INVALID');
    expect((await sendSigned(({ headers: { signature: _, ...headers } }) => ({ headers }))).body.code).toBe(
      'UNAUTHENTICATED',
    );
    expect(swapped.body.code).toBe('UNAUTHENTICATED');
  });

  it('are refused after their expiry, from the future, and with too long a life', async () => {
    const at = (nowMs: number) => gateway.send(agent, verify(), { nowMs });
    const expired = await at(Date.now() - 10 * 60_000);
    const early = await at(Date.now() + 5 * 60_000);
    expect([expired.body.code, early.body.code]).toEqual(['SIGNATURE_EXPIRED', 'SIGNATURE_INVALID']);
    expect(early.body.details.reason).toBe('from-the-future');
    await expect(gateway.send(agent, verify(), { expiresInSeconds: DAY_SECONDS })).rejects.toThrow();
  });

  it('are refused from an unknown key', async () => {
    const { status, body } = await gateway.send({ signer: newSigner() }, verify());
    expect({ status, code: body.code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
  });

  it('are refused when they name another gateway', async () => {
    const request = verify();
    const elsewhere = await signed('http://gateway.example', { sender: agent, request });
    const { body } = await toAnswer(await fetch(gateway.url + request.path, elsewhere));
    expect(body.code).toBe('SIGNATURE_INVALID');
  });

  it('may name the gateway by any name of this machine', async () => {
    const url = gateway.url.replace('127.0.0.1', 'localhost');
    const request = verify();
    const { status } = await toAnswer(
      await fetch(url + request.path, await signed(url, { sender: agent, request })),
    );
    expect(status).toBe(200);
  });
});

describe('replay', () => {
  it.each(['actions.verify', 'actions.list'] as const)(
    'refuses %s sent twice, also after a restart',
    async (id) => {
      await using gateway = await startGateway();
      const agent = await gateway.register('alice');
      const request = toRequest(id, { input: id === 'actions.verify' ? { action: 'a.b' } : {} });
      const { port } = new URL(gateway.url);
      const once = await signed(gateway.url, { sender: agent, request });
      const send = async () => (await toAnswer(await fetch(gateway.url + request.path, once))).body.code;
      expect([await send(), await send()]).toEqual([undefined, 'REPLAYED']);
      await using restarted = await gateway.restart({ port: Number(port) });
      expect(restarted.url).toBe(gateway.url);
      expect(await send()).toBe('REPLAYED');
      expect((await restarted.call(agent, 'actions.list')).body.items).toHaveLength(
        id === 'actions.verify' ? 1 : 0,
      );
    },
  );

  it('lets exactly one of many copies through', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const request = toRequest('actions.verify', { input: { action: 'a.b' } });
    const once = await signed(gateway.url, { sender: agent, request });
    const answers = await Promise.all(
      Array.from({ length: 30 }, async () => (await fetch(gateway.url + request.path, once)).status),
    );
    expect(answers.filter((status) => status === 200)).toHaveLength(1);
    expect(answers.filter((status) => status === 401)).toHaveLength(29);
  });

  it('remembers the nonce of a request that was refused', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const bad = toRequest('actions.verify', { input: { action: '!' } });
    const once = await signed(gateway.url, { sender: agent, request: bad });
    const send = async () => (await toAnswer(await fetch(gateway.url + bad.path, once))).body.code;
    expect([await send(), await send()]).toEqual(['VALIDATION_FAILED', 'REPLAYED']);
  });
});

describe('revocation and rotation', () => {
  it('stop the old key at once', async () => {
    const { signEnvelope, encodeEnvelope } = await import('@bonafide/core/identity');
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const next = newSigner();
    const payload = { agentId: agent.agentId, oldDid: agent.signer.did, newDid: next.did };
    const prove = async (signer: typeof next, content = payload) =>
      encodeEnvelope(await signEnvelope(content, { signer, type: 'agent.key-rotation' }));
    const rotate = async (proof: string) =>
      gateway.call(agent, 'agents.rotateKey', { newDid: next.did, proof });
    expect((await rotate(await prove(agent.signer))).body.code).toBe('FORBIDDEN');
    expect((await rotate(await prove(next, { ...payload, agentId: crypto.randomUUID() }))).body.code).toBe(
      'FORBIDDEN',
    );
    const rotated = await rotate(await prove(next));
    expect(rotated.body).toMatchObject({ did: next.did, previousDids: [agent.signer.did] });
    expect((await gateway.call(agent, 'actions.list')).body.code).toBe('REVOKED');
    expect((await gateway.call({ signer: next }, 'actions.list')).status).toBe(200);
    expect((await gateway.call(agent, 'agents.register', { name: 'again' })).body.code).toBe('REVOKED');
    const { agentId } = agent;
    await gateway.call({ token: gateway.ownerToken }, 'agents.revoke', { agentId, reason: 'gone' });
    expect((await gateway.call({ signer: next }, 'actions.list')).body.code).toBe('REVOKED');
  });

  it('keep an agent from revoking another, and end what a revoked one had open', async () => {
    await using gateway = await startGateway();
    const [alice, bob] = [await gateway.register('alice'), await gateway.register('bob')];
    const { body: open } = await gateway.call(alice, 'actions.verify', { action: 'jobs.fund' });
    const other = await gateway.call(bob, 'agents.revoke', { agentId: alice.agentId, reason: 'rival' });
    expect(other.body.code).toBe('FORBIDDEN');
    await gateway.call(alice, 'agents.revoke', { agentId: alice.agentId, reason: 'done' });
    const owner = { token: gateway.ownerToken };
    expect((await gateway.call(owner, 'approvals.get', { approvalId: open.approvalId })).body.status).toBe(
      'expired',
    );
    expect((await gateway.call(owner, 'actions.get', { actionId: open.actionId })).body.status).toBe(
      'expired',
    );
  });
});

describe('revocation while requests are under way', () => {
  it('refuses a write that was authenticated before and comes to its commit afterwards', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const next = newSigner();
    const other = newSigner();
    const { signEnvelope, encodeEnvelope } = await import('@bonafide/core/identity');
    const rotate = async (signer: typeof next) => {
      const payload = { agentId: agent.agentId, oldDid: agent.signer.did, newDid: signer.did };
      const proof = encodeEnvelope(await signEnvelope(payload, { signer, type: 'agent.key-rotation' }));
      return gateway.call(agent, 'agents.rotateKey', { newDid: signer.did, proof });
    };
    const codes = (await Promise.all([rotate(next), rotate(other)])).map(({ body }) => body.code);
    expect(codes.toSorted()).toEqual(['REVOKED', undefined]);
  });
});

describe('a clock that is set back', () => {
  it('does not let a request in again whose nonce was forgotten', async () => {
    let nowMs = Date.now();
    const now = () => nowMs;
    await using gateway = await startGateway({ now, sweepIntervalMs: 1 });
    const agent = await gateway.register('alice');
    const request = toRequest('actions.verify', { input: { action: 'a.b' } });
    const once = await signed(gateway.url, { sender: agent, request });
    const send = async () => (await toAnswer(await fetch(gateway.url + request.path, once))).body.code;
    expect(await send()).toBeUndefined();
    const database = new DatabaseSync(gateway.database, { readOnly: true });
    const count = () => Number(database.prepare('SELECT count(*) AS n FROM nonces').get()?.n);
    nowMs += 10 * 60_000;
    // Its old row goes at the next removal of old rows.
    await expect.poll(count, { timeout: 10_000 }).toBe(0);
    database.close();
    nowMs -= 10 * 60_000;
    expect(await send()).toBe('SIGNATURE_EXPIRED');
  });
});

describe('tokens', () => {
  it('are refused when unknown, malformed, expired or revoked', async () => {
    await using gateway = await startGateway();
    const owner = { token: gateway.ownerToken };
    const { body: made } = await gateway.call(owner, 'tokens.create', { name: 'r', role: 'reader' });
    expect((await gateway.call({ token: made.secret }, 'agents.list')).status).toBe(200);
    await gateway.call(owner, 'tokens.revoke', { tokenId: made.tokenId });
    expect((await gateway.call({ token: made.secret }, 'agents.list')).body.code).toBe('REVOKED');
    const { body: old } = await gateway.call(owner, 'tokens.create', {
      name: 'o',
      role: 'owner',
      expiresAt: '2021-01-01T00:00:00Z',
    });
    for (const token of [old.secret, 'bft_unknown', 'a b']) {
      expect((await gateway.call({ token }, 'agents.list')).body.code).toBe('UNAUTHENTICATED');
    }
  });

  it('grant what their role says: a reader writes nothing, an enrolment token reads nothing', async () => {
    await using gateway = await startGateway();
    const make = async (role: string) =>
      (await gateway.call({ token: gateway.ownerToken }, 'tokens.create', { name: role, role })).body.secret;
    const reader = { token: await make('reader') };
    const enrolment = { token: await make('enrolment') };
    expect((await gateway.call(reader, 'audit.list')).status).toBe(200);
    for (const id of [
      'tokens.create',
      'tokens.list',
      'artifacts.put',
      'agents.revoke',
      'approvals.decide',
    ] as const) {
      const input = { agentId: crypto.randomUUID(), approvalId: crypto.randomUUID() };
      expect((await gateway.call(reader, id, input)).body.code).toBe('FORBIDDEN');
    }
    expect((await gateway.call(enrolment, 'audit.list')).body.code).toBe('FORBIDDEN');
  });

  it('are never given to agents', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    expect((await gateway.call(agent, 'tokens.list')).body.code).toBe('FORBIDDEN');
    expect((await gateway.call(agent, 'tokens.create', { name: 'x', role: 'owner' })).body.code).toBe(
      'FORBIDDEN',
    );
  });
});
