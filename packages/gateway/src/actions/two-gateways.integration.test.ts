import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OperationId } from '@bonafide/core/operations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayProcess, startGatewayProcess } from '../testing/gateway-process.ts';
import { type Body, newSigner, type Sender, signed, toAnswer, toRequest } from '../testing/test-gateway.ts';

/** Two processes on one database file, as behind a load balancer. */
let folder: string;
let gateways: [GatewayProcess, GatewayProcess];
let owner: { token: string };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-two-'));
  const first = await startGatewayProcess(folder);
  owner = { token: first.ownerToken ?? '' };
  gateways = [first, await startGatewayProcess(folder)];
});
afterAll(async () => {
  for (const gateway of gateways) await gateway.kill('SIGTERM');
  await rm(folder, { recursive: true });
});

async function call(
  which: 0 | 1,
  { sender, id, input = {} }: { sender: Sender; id: OperationId; input?: Body },
): Promise<{ status: number; body: Body }> {
  const { url } = gateways[which];
  const request = toRequest(id, { input });
  return toAnswer(await fetch(url + request.path, await signed(url, { sender, request })));
}

async function approvedAction(agent: Sender): Promise<{ actionId: string; parametersDigest: string }> {
  const { body: action } = await call(0, {
    sender: agent,
    id: 'actions.verify',
    input: { action: 'jobs.fund' },
  });
  const { approvalId, actionId, parametersDigest } = action;
  const input = { approvalId, parametersDigest, decision: 'approve' };
  const { status } = await call(1, { sender: owner, id: 'approvals.decide', input });
  expect(status).toBe(200);
  return { actionId, parametersDigest };
}

describe('two gateways on one database', () => {
  it.each(['actions.start', 'actions.complete'] as const)(
    'let exactly one of fifty consumers use an approval up with %s',
    async (id) => {
      const agent = { signer: newSigner() };
      await call(0, { sender: agent, id: 'agents.register', input: { name: id.replace('.', '-') } });
      const claim = await approvedAction(agent);
      const input = id === 'actions.complete' ? { ...claim, outcome: 'executed' } : claim;
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) => call(index % 2 === 0 ? 0 : 1, { sender: agent, id, input })),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ body }) => body.code === 'CONFLICT')).toHaveLength(49);
    },
  );

  it('let exactly one of fifty accept an invitation', async () => {
    const person = { name: 'Ada', role: 'auditor' };
    const { body: invited } = await call(0, { sender: owner, id: 'members.invite', input: person });
    const { invitation } = invited;
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        call(index % 2 === 0 ? 0 : 1, { sender: {}, id: 'members.join', input: { invitation } }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('go by a role and by settings that were changed at the other one', async () => {
    const person = { name: 'Grace', role: 'auditor' };
    const { body: invited } = await call(0, { sender: owner, id: 'members.invite', input: person });
    const { memberId, invitation } = invited;
    const { body: joined } = await call(1, { sender: {}, id: 'members.join', input: { invitation } });
    const sender = { token: joined.token.secret };
    const reads = async () => (await call(1, { sender, id: 'audit.list' })).status;
    const settings = async () => (await call(1, { sender, id: 'workspaces.get' })).body.settings;
    expect([await reads(), (await settings()).criticalApprovers]).toEqual([200, 1]);
    await call(0, { sender: owner, id: 'members.setRole', input: { memberId, role: 'member' } });
    const change = { settings: { criticalApprovers: 2 } };
    await call(0, { sender: owner, id: 'workspaces.update', input: change });
    expect([await reads(), (await settings()).criticalApprovers]).toEqual([403, 2]);
    await call(0, { sender: owner, id: 'members.remove', input: { memberId } });
    expect(await reads()).toBe(401);
  });
});
