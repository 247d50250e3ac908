import { expect, it } from 'vitest';
import { openStream } from '../testing/event-stream.ts';
import { joinAs } from '../testing/people.ts';
import { type Sender, startGateway, type TestGateway } from '../testing/test-gateway.ts';

/** Types and agents of all events so far, up to the one that is made here to end with. */
async function seenBy(gateway: TestGateway, sender: Sender): Promise<string[]> {
  const last = await gateway.register(`last-${crypto.randomUUID()}`);
  const seen: string[] = [];
  await using stream = await openStream(gateway, { sender, path: '/v1/events', lastEventId: '0' });
  for (;;) {
    const frame = await stream.next();
    if (!frame || frame.data.subject === last.agentId) return seen;
    seen.push(`${frame.data.type} ${frame.data.data.agentId ?? ''}`);
  }
}

it('events tell nobody what they could not read', async () => {
  await using gateway = await startGateway();
  const [alice, bob] = [await gateway.register('alice'), await gateway.register('bob')];
  const [approver, member] = [await joinAs(gateway, 'approver'), await joinAs(gateway, 'member')];
  await gateway.call(alice, 'actions.verify', { action: 'jobs.fund' });
  const owner = { token: gateway.ownerToken };
  const [byOwner, byApprover, byMember, byAlice, byBob] = await Promise.all(
    [owner, approver, member, alice, bob].map((sender) => seenBy(gateway, sender)),
  );
  const pending = [`action.pending ${alice.agentId}`, `approval.requested ${alice.agentId}`];
  for (const seen of [byOwner, byApprover, byMember, byAlice])
    expect(seen).toEqual(expect.arrayContaining(pending));
  for (const each of pending) expect(byBob).not.toContain(each);
  const has = (seen: readonly string[] = [], noun: string) =>
    seen.some((each) => each.startsWith(`${noun}.`));
  expect([byOwner, byApprover, byMember, byAlice, byBob].map((seen) => has(seen, 'token'))).toEqual([
    ...[true, false, false, false, false],
  ]);
  expect([byOwner, byApprover, byMember, byAlice, byBob].map((seen) => has(seen, 'member'))).toEqual([
    ...[true, true, false, false, false],
  ]);
  expect(byBob).toContain(`agent.registered ${alice.agentId}`);
});

it('events of people end for whoever loses the role while following', async () => {
  await using gateway = await startGateway();
  const owner = { token: gateway.ownerToken };
  const { token, memberId } = await joinAs(gateway, 'owner');
  await using stream = await openStream(gateway, { sender: { token }, path: '/v1/events' });
  await gateway.call(owner, 'tokens.create', { name: 'before', role: 'reader' });
  expect((await stream.next())?.data.type).toBe('token.created');
  await gateway.call(owner, 'members.setRole', { memberId, role: 'member' });
  await gateway.call(owner, 'tokens.create', { name: 'after', role: 'reader' });
  const marker = await gateway.register('marker');
  // The change of role itself was made while it could still be read, or was not; nothing after it is.
  let frame = await stream.next();
  if (frame?.data.type === 'member.role-changed') frame = await stream.next();
  expect(frame?.data).toMatchObject({ type: 'agent.registered', subject: marker.agentId });
});
