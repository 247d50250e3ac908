import { encodeEnvelope, signEnvelope } from '@bonafide/core/identity';
import { describe, expect, it } from 'vitest';
import { type Body, startGateway, type TestAgent } from '../testing/test-gateway.ts';
import { manifestOf, pinned, poisoned, read } from './testing/pinned.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

async function attestation(
  { signer }: TestAgent,
  { at = Date.now(), ...signed }: { serverId: string; toolsDigest: string; at?: number; payload?: Body },
) {
  const { payload = {}, ...rest } = signed;
  const envelope = await signEnvelope(
    { ...rest, at: new Date(at).toISOString(), ...payload },
    { signer, type: 'mcp.attestation', nowMs: at },
  );
  return { ...rest, envelope: encodeEnvelope(envelope) };
}

type Of = { serverId: string; toolsDigest: string };

describe('an attestation', () => {
  it('counts once for each agent, by what the agent is trusted', async () => {
    await using gateway = await startGateway();
    const { agent, server } = await pinned(gateway);
    const { serverId, toolsDigest } = server;
    const others = await Promise.all(['b', 'c'].map((name) => gateway.register(name)));
    let last: Body;
    for (const each of [agent, agent, ...others]) {
      last = await gateway.call(
        each,
        'mcpServers.attest',
        await attestation(each, { serverId, toolsDigest }),
      );
      expect(last.status).toBe(200);
    }
    const { attesters, averageTrust, recentShare, value, arithmetic } = last.body.confidence;
    expect([attesters, recentShare]).toEqual([3, 1]);
    expect(value).toBeCloseTo((0.6 + 0.5 * averageTrust + 0.3) / 1.8, 3);
    expect(arithmetic).toContain(String(value));
  });

  it('loses weight after a week, and counts no more after thirty days', async () => {
    let now = Date.now();
    await using gateway = await startGateway({ now: () => now });
    const { agent, server, owner } = await pinned(gateway);
    const { serverId, toolsDigest } = server;
    await gateway.call(agent, 'mcpServers.attest', await attestation(agent, { serverId, toolsDigest }));
    const confidence = async () =>
      (await gateway.call(owner, 'mcpServers.get', { serverId })).body.confidence;
    expect(await confidence()).toMatchObject({ attesters: 1, recentShare: 1 });
    now += 8 * DAY_MS;
    expect(await confidence()).toMatchObject({ attesters: 1, recentShare: 0 });
    now += 23 * DAY_MS;
    expect(await confidence()).toMatchObject({ attesters: 0, value: 0 });
  });

  it('counts no more when its agent is revoked, or when the server offers something else', async () => {
    await using gateway = await startGateway();
    const { agent, server, owner, report } = await pinned(gateway);
    const other = await gateway.register('other');
    const { serverId, toolsDigest } = server;
    for (const each of [agent, other])
      await gateway.call(each, 'mcpServers.attest', await attestation(each, { serverId, toolsDigest }));
    await gateway.call(owner, 'agents.revoke', { agentId: other.agentId, reason: 'gone' });
    const { body } = await gateway.call(owner, 'mcpServers.get', { serverId });
    expect(body.confidence.attesters).toBe(1);
    expect((await report({ tools: [poisoned] })).body.confidence.attesters).toBe(0);
    const stale = await gateway.call(
      agent,
      'mcpServers.attest',
      await attestation(agent, { serverId, toolsDigest }),
    );
    expect(stale.body).toMatchObject({ code: 'CONFLICT' });
  });

  it('is taken once; an older one does not replace it', async () => {
    await using gateway = await startGateway();
    const { agent, server, owner } = await pinned(gateway);
    const { serverId, toolsDigest } = server;
    const older = await attestation(agent, { serverId, toolsDigest, at: Date.now() - 60_000 });
    const newer = await attestation(agent, { serverId, toolsDigest });
    const codes = [];
    for (const input of [newer, newer, older])
      codes.push((await gateway.call(agent, 'mcpServers.attest', input)).body.code);
    expect(codes).toEqual([undefined, undefined, 'CONFLICT']);
    const { body } = await gateway.call(owner, 'audit.list', { event: 'mcpServer.attested' });
    expect(body.items).toHaveLength(1);
  });

  it.each([
    [
      'signed by another agent',
      'FORBIDDEN',
      async (_: TestAgent, other: TestAgent, of: Of) => attestation(other, of),
    ],
    [
      'for another server',
      'FORBIDDEN',
      async (agent: TestAgent, _: TestAgent, of: Of) => ({
        ...(await attestation(agent, { ...of, serverId: crypto.randomUUID() })),
        ...of,
      }),
    ],
    [
      'for other tools',
      'FORBIDDEN',
      async (agent: TestAgent, _: TestAgent, of: Of) => ({
        ...(await attestation(agent, { ...of, toolsDigest: 'x' })),
        ...of,
      }),
    ],
    [
      'dated differently than signed',
      'FORBIDDEN',
      async (agent: TestAgent, _: TestAgent, of: Of) =>
        attestation(agent, { ...of, payload: { at: '2026-01-01T00:00:00.000Z' } }),
    ],
    [
      'older than five minutes',
      'SIGNATURE_EXPIRED',
      async (agent: TestAgent, _: TestAgent, of: Of) =>
        attestation(agent, { ...of, at: Date.now() - 301_000 }),
    ],
    [
      'from the future',
      'SIGNATURE_INVALID',
      async (agent: TestAgent, _: TestAgent, of: Of) =>
        attestation(agent, { ...of, at: Date.now() + 60_000 }),
    ],
    [
      'tampered with',
      'SIGNATURE_INVALID',
      async (agent: TestAgent, _: TestAgent, of: Of) => {
        const input = await attestation(agent, of);
        const at = /"at":"(\d{4})/.exec(input.envelope)?.[1];
        return { ...input, envelope: input.envelope.replace(`"at":"${at}`, '"at":"2031') };
      },
    ],
    [
      'of another type',
      'SIGNATURE_INVALID',
      async ({ signer }: TestAgent, _: TestAgent, of: Of) => ({
        ...of,
        envelope: encodeEnvelope(await signEnvelope({ ...of, at: '' }, { signer, type: 'message' })),
      }),
    ],
    [
      'not an envelope',
      'SIGNATURE_INVALID',
      async (_: TestAgent, __: TestAgent, of: Of) => ({ ...of, envelope: '{' }),
    ],
  ])('is refused when it is %s', async (_, code, make) => {
    await using gateway = await startGateway();
    const { agent, server, owner } = await pinned(gateway);
    const { serverId, toolsDigest } = server;
    const input = await make(agent, await gateway.register('other'), { serverId, toolsDigest });
    expect((await gateway.call(agent, 'mcpServers.attest', input)).body.code).toBe(code);
    const { body } = await gateway.call(owner, 'mcpServers.get', { serverId });
    expect(body.confidence.attesters).toBe(0);
  });
});

describe('another workspace', () => {
  it('sees none of it, and has its own names', async () => {
    await using gateway = await startGateway();
    const { server, report } = await pinned(gateway);
    const drifted = (await report({ tools: [read] })).body;
    const { ownerToken } = await gateway.gateway.createWorkspace('other');
    const { body: issued } = await gateway.call({ token: ownerToken }, 'tokens.create', {
      name: 'in',
      role: 'enrolment',
    });
    const stranger = await gateway.register('stranger', { enrolmentToken: issued.secret });
    const { serverId, seenDigest, seenToolsDigest: toolsDigest } = drifted;
    const attempts = [
      gateway.call(stranger, 'mcpServers.get', { serverId }),
      gateway.call(stranger, 'mcpServers.report', { serverId, manifest: manifestOf() }),
      gateway.call(stranger, 'mcpServers.attest', await attestation(stranger, { serverId, toolsDigest })),
      gateway.call({ token: ownerToken }, 'mcpServers.approveChange', { serverId, seenDigest }),
      gateway.call({ token: ownerToken }, 'mcpServers.get', { serverId }),
    ];
    for (const { body } of await Promise.all(attempts)) expect(body.code).toBe('NOT_FOUND');
    expect((await gateway.call(stranger, 'mcpServers.list')).body.items).toEqual([]);
    const own = await gateway.call(stranger, 'mcpServers.pin', { name: 'files', manifest: manifestOf() });
    expect(own.body.serverId).not.toBe(server.serverId);
    const { body } = await gateway.call({ token: ownerToken }, 'mcpServers.list', { status: 'drifted' });
    expect(body.items).toEqual([]);
  });

  it('lists its own newest first, in pages, by status, without descriptions', async () => {
    await using gateway = await startGateway();
    const { owner, report } = await pinned(gateway, 'one');
    await pinned(gateway, 'two');
    await report({ tools: [read] });
    const list = (input: Body) => gateway.call(owner, 'mcpServers.list', input).then(({ body }) => body);
    const first = await list({ limit: 1 });
    const second = await list({ limit: 1, cursor: first.nextCursor });
    expect([first.items[0].name, second.items[0].name, second.nextCursor]).toEqual(['two', 'one', undefined]);
    expect(first.items[0].tools[0]).toEqual({ name: 'read', digest: expect.any(String) });
    expect((await list({ status: 'drifted' })).items.map(({ name }: Body) => name)).toEqual(['one']);
  });
});
