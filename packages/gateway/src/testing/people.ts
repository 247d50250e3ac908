import type { Member } from '@bonafide/core/models';
import type { Body, TestGateway } from './test-gateway.ts';

/** Invites a person and takes its place: the token is what only that person would have. */
export async function joinAs(
  gateway: TestGateway,
  role: Member['role'],
  { ownerToken = gateway.ownerToken, ...extra }: { name?: string; email?: string; ownerToken?: string } = {},
): Promise<{ token: string; memberId: string; tokenId: string }> {
  const person = { name: `${role} ${crypto.randomUUID()}`, role, ...extra };
  const { body: invited } = await gateway.call({ token: ownerToken }, 'members.invite', person);
  const { body }: { body: Body } = await gateway.call({}, 'members.join', { invitation: invited.invitation });
  return { token: body.token.secret, memberId: body.member.memberId, tokenId: body.token.tokenId };
}
