import {
  verifyAuditExport,
  verifyCheckpoint,
  verifyConsistency,
  verifyInclusion,
  verifyReceipt,
} from '@bonafide/core/audit';
import { digestOf } from '@bonafide/core/identity';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openStream } from '../testing/event-stream.ts';
import { type Body, startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';

const DAY_MS = 86_400_000;
const bytes = (hash: string) => Buffer.from(hash, 'base64');

let gateway: TestGateway;
let owner: { token: string };
let agents: TestAgent[];
let receipts: Body[];
beforeAll(async () => {
  gateway = await startGateway();
  owner = { token: gateway.ownerToken };
  agents = await Promise.all(Array.from({ length: 8 }, (_, index) => gateway.register(`agent-${index}`)));
  // 64 at once, eight of each agent.
  receipts = await Promise.all(
    Array.from({ length: 64 }, async (_, index) => {
      const signer = agents[index % 8]?.signer;
      if (!signer) throw new Error('no agent');
      const { body } = await gateway.call({ signer }, 'actions.verify', {
        action: `burst.${index}`,
        parameters: { index, password: 'hunter2' },
      });
      return body.receipt;
    }),
  );
});
afterAll(() => gateway[Symbol.asyncDispose]());

const call = async (id: Parameters<TestGateway['call']>[1], input?: Body) =>
  (await gateway.call(owner, id, input)).body;

/** The lines of an export as a file would have them; with `lastEventId` the rest of one that broke off. */
async function exportLines(from: TestGateway, lastEventId?: string): Promise<string[]> {
  const options = lastEventId === undefined ? {} : { lastEventId };
  await using stream = await openStream(from, { sender: owner, path: '/v1/audit/export', ...options });
  const lines: string[] = [];
  for (let frame = await stream.next(); frame && frame.event === undefined; frame = await stream.next())
    lines.push(JSON.stringify(frame.data));
  return lines;
}

describe('the audit log of a gateway', () => {
  it('has every action of 64 callers at once, in one tree, each with a signed receipt', async () => {
    const { did } = gateway.gateway;
    expect(new Set(receipts.map(({ sequence }) => sequence)).size).toBe(64);
    for (const receipt of receipts) await verifyReceipt(receipt, { gatewayDid: did });
    const checkpoint = await call('audit.getCheckpoint');
    await verifyCheckpoint(checkpoint, { gatewayDid: did });
    const verdict = await verifyAuditExport(await exportLines(gateway), {
      gatewayDid: did,
      checkpoint,
      receipts,
    });
    expect(verdict).toMatchObject({ isValid: true, size: checkpoint.size, rootHash: checkpoint.rootHash });
    expect(checkpoint.size).toBeGreaterThanOrEqual(72);
  });

  it('proves that an entry with a receipt is in it, at every size since', async () => {
    const { size } = await call('audit.getCheckpoint');
    const [receipt] = receipts;
    for (let at = receipt.sequence; at <= size; at++) {
      const proof = await call('audit.proveInclusion', { sequence: receipt.sequence, size: at });
      expect(proof).toMatchObject({ sequence: receipt.sequence, size: at, leafHash: receipt.leafHash });
      const claim = {
        ...{ index: proof.sequence - 1, size: at, leafHash: bytes(receipt.leafHash) },
        ...{ rootHash: bytes(proof.rootHash), hashes: proof.hashes.map(bytes) },
      };
      expect(verifyInclusion(claim)).toBe(true);
      expect(verifyInclusion({ ...claim, leafHash: bytes(receipts[1].leafHash) })).toBe(false);
    }
  });

  it('proves that it was only appended to since a checkpoint', async () => {
    const before = await call('audit.getCheckpoint');
    await gateway.register('late');
    const after = await call('audit.getCheckpoint');
    expect(after.size).toBe(before.size + 1);
    const proof = await call('audit.proveConsistency', { fromSize: before.size });
    expect(proof).toMatchObject({
      toSize: after.size,
      fromRootHash: before.rootHash,
      toRootHash: after.rootHash,
    });
    const claim = {
      ...{ fromSize: proof.fromSize, toSize: proof.toSize, hashes: proof.hashes.map(bytes) },
      ...{ fromRootHash: bytes(proof.fromRootHash), toRootHash: bytes(proof.toRootHash) },
    };
    expect(verifyConsistency(claim)).toBe(true);
    expect(verifyConsistency({ ...claim, fromRootHash: bytes(after.rootHash) })).toBe(false);
  });

  it.each([
    ['audit.proveInclusion', { sequence: 1, size: 0 }, 400],
    ['audit.proveInclusion', { sequence: 0 }, 400],
    ['audit.proveInclusion', { sequence: 5, size: 4 }, 400],
    ['audit.proveInclusion', { sequence: 1, size: 100_000 }, 404],
    ['audit.proveInclusion', { sequence: 100_000 }, 404],
    ['audit.proveConsistency', { fromSize: 0 }, 400],
    ['audit.proveConsistency', { fromSize: 9, toSize: 8 }, 400],
    ['audit.proveConsistency', { fromSize: 9, toSize: 0 }, 400],
    ['audit.proveConsistency', { fromSize: 100_000 }, 404],
    ['audit.proveConsistency', { fromSize: 1, toSize: 100_000 }, 404],
  ] as const)('refuses %s of %j', async (id, input, status) => {
    const answer = await gateway.call(owner, id, input);
    const code = status === 404 ? 'NOT_FOUND' : 'VALIDATION_FAILED';
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
  });

  it('shows an agent its own entries only, and gives it no export', async () => {
    const [alice, bob] = agents;
    if (!alice || !bob) throw new Error('no agents');
    const mine = (await gateway.call(alice, 'audit.list', { limit: 100 })).body.items;
    expect(mine.filter(({ event }: Body) => event === 'action.pending').length).toBe(8);
    for (const entry of mine) expect(JSON.stringify(entry)).toContain(alice.agentId);
    expect((await gateway.call(alice, 'audit.list', { agentId: bob.agentId })).status).toBe(403);
    expect((await gateway.call(alice, 'audit.export')).status).toBe(403);
    const all = (await gateway.call(owner, 'audit.list', { agentId: bob.agentId, limit: 100 })).body.items;
    expect(all.filter(({ event }: Body) => event === 'action.pending').length).toBe(8);
    const one = (await gateway.call(owner, 'audit.list', { action: 'burst.7', event: 'action.pending' })).body
      .items;
    expect(one).toMatchObject([{ event: 'action.pending', data: { action: 'burst.7' } }]);
  });

  it('lists the newest first for who asks so, page by page', async () => {
    const read = (input: object) =>
      gateway.call(owner, 'audit.list', { order: 'newest', limit: 3, ...input });
    const { body: first } = await read({});
    const { body: second } = await read({ cursor: first.nextCursor });
    const sequences = [...first.items, ...second.items].map(({ sequence }: Body) => sequence);
    const [newest] = sequences;
    expect(sequences).toEqual(Array.from({ length: 6 }, (_, index) => newest - index));
  });

  it('shows what an agent asked for, without secrets, under the digest of all of it', async () => {
    const { items } = await call('audit.list', { action: 'burst.7', event: 'action.pending' });
    const { data, dataDigest } = items[0];
    expect(data.parameters).toEqual({ index: 7, password: '[redacted]' });
    expect(data.parametersDigest).toBe(digestOf({ index: 7, password: 'hunter2' }));
    expect(dataDigest).toBe(digestOf(data));
    await using events = await openStream(gateway, {
      sender: owner,
      path: '/v1/events?cursor=0&types=action.*',
    });
    expect((await events.next())?.data.data).not.toHaveProperty('parameters');
  });

  it('tells an error and a reason of an agent without the secret in it, to the log and the stream', async () => {
    const signer = agents[0]?.signer;
    if (!signer) throw new Error('no agent');
    const address = ['postgres://me', 'hunter2@db.example/x'].join(':');
    const logged = { action: 'db.read', outcome: 'failed', error: `could not reach ${address}` };
    const { body: action } = await gateway.call({ signer }, 'actions.log', logged);
    const asked = { capability: 'db.*', reason: `to reach ${address}` };
    const { body: capability } = await gateway.call({ signer }, 'capabilities.request', asked);
    await using events = await openStream(gateway, {
      sender: owner,
      path: `/v1/events?cursor=0&subject=${action.actionId}`,
    });
    expect((await events.next())?.data.data.error).toBe('[redacted]');
    for (const subject of [action.actionId, capability.capabilityId]) {
      const { items } = await call('audit.list', { subject });
      expect(items).toHaveLength(1);
      expect(JSON.stringify(items)).not.toContain('hunter2');
    }
  });

  it('exports exactly what its checkpoint covers while others append, and goes on where it broke off', async () => {
    const { did } = gateway.gateway;
    const signer = agents[0]?.signer;
    if (!signer) throw new Error('no agent');
    const append = Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        gateway.call({ signer }, 'actions.verify', { action: `while.${index}` }),
      ),
    );
    const lines = await exportLines(gateway);
    await append;
    expect(await verifyAuditExport(lines, { gatewayDid: did })).toMatchObject({
      isValid: true,
      size: lines.length - 1,
    });
    const rest = await exportLines(gateway, '40');
    const verdict = await verifyAuditExport([...lines.slice(0, 40), ...rest], { gatewayDid: did });
    expect(verdict).toMatchObject({ isValid: true, size: 40 + rest.length - 1 });
    expect(rest.length).toBeGreaterThanOrEqual(lines.length - 40 + 30);
    await using beyond = await openStream(gateway, {
      sender: owner,
      path: '/v1/audit/export',
      lastEventId: '100000',
    });
    expect(beyond.response.status).toBe(400);
  });

  it('is another tree in another workspace, whose proofs say nothing of this one', async () => {
    const other = { token: (await gateway.gateway.createWorkspace('other')).ownerToken };
    const { body } = await gateway.call(other, 'audit.getCheckpoint');
    expect(body.origin).toBe(`${gateway.gateway.did}/other`);
    expect(body.size).toBeLessThan(10);
    expect((await gateway.call(other, 'audit.proveInclusion', { sequence: 60 })).status).toBe(404);
  });
});

describe('a gateway that was stopped', () => {
  it('goes on with the same tree', async () => {
    const before = await call('audit.getCheckpoint');
    gateway = await gateway.restart();
    expect(await call('audit.getCheckpoint')).toEqual(before);
    await gateway.register('after-the-restart');
    const lines = await exportLines(gateway);
    const gatewayDid = gateway.gateway.did;
    expect((await verifyAuditExport(lines, { gatewayDid, checkpoint: before, receipts })).findings).toEqual(
      [],
    );
  });
});

describe('retention', () => {
  it('removes data that is too old, keeps every proof valid, and says so in the log', async () => {
    const clock = { ms: Date.now() };
    const options = { now: () => clock.ms, sweepIntervalMs: 5 };
    await using keeping = await startGateway(options);
    const sender = { token: keeping.ownerToken };
    const alice = await keeping.register('alice');
    const { body } = await keeping.call(alice, 'actions.log', {
      ...{ action: 'a.b', parameters: { city: 'Lisbon' }, outcome: 'executed' },
    });
    const { body: checkpoint } = await keeping.call(sender, 'audit.getCheckpoint');
    const changed = await keeping.call(sender, 'workspaces.update', { settings: { auditRetentionDays: 30 } });
    expect(changed.status).toBe(200);
    clock.ms += 31 * DAY_MS;
    const pruned = await vi.waitFor(
      async () => {
        const { items } = (await keeping.call(sender, 'audit.list', { event: 'audit.pruned' })).body;
        expect(items.length).toBe(1);
        return items[0];
      },
      { timeout: 20_000, interval: 20 },
    );
    const { count } = pruned.data;
    expect(pruned.data).toEqual({ count, fromSequence: 1, throughSequence: count, auditRetentionDays: 30 });
    expect(count).toBeGreaterThanOrEqual(checkpoint.size);
    const { items } = (await keeping.call(sender, 'audit.list', { limit: 100 })).body;
    expect(items.filter(({ data }: Body) => data === undefined).length).toBe(count);
    const lines: string[] = [];
    await using stream = await openStream(keeping, { sender, path: '/v1/audit/export' });
    for (let frame = await stream.next(); frame && frame.event === undefined; frame = await stream.next())
      lines.push(JSON.stringify(frame.data));
    const known = { gatewayDid: keeping.gateway.did, checkpoint, receipts: [body.receipt] };
    const verdict = await verifyAuditExport(lines, known);
    expect(verdict).toMatchObject({ isValid: true, withoutData: count });
    expect(lines.join()).not.toContain('Lisbon');
  });
});
