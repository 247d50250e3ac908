import { describe, expect, it } from 'vitest';
import { joinAs } from '../testing/people.ts';
import {
  type Body,
  newSigner,
  type Sender,
  startGateway,
  type TestGateway,
} from '../testing/test-gateway.ts';

const guessLimit = { perMinute: 6, burst: 3 };
/** Stands still, so that no guess comes back by itself. */
const AT = 1_800_000_000_000;

const codes = (answers: readonly { status: number; body: Body }[]) =>
  answers.map(({ status, body }) => body.code ?? status);

async function fail(gateway: TestGateway, times: number): Promise<Body[]> {
  const answers = [];
  for (let index = 0; index < times; index++) {
    answers.push(await gateway.call({ token: `bft_wrong-${index}` }, 'actions.list'));
  }
  return answers;
}

describe('proofs that do not hold', () => {
  it('are limited by address, and told when to come back', async () => {
    let nowMs = AT;
    await using gateway = await startGateway({ now: () => nowMs, guessLimit });
    const answers = await fail(gateway, 5);
    expect(codes(answers)).toEqual([
      ...['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED', 'RATE_LIMITED', 'RATE_LIMITED'],
    ]);
    expect(answers[4].headers.get('retry-after')).toBe('10');
    // Not even a good one is looked at, or the limit would be none.
    expect(codes([await gateway.call({ token: gateway.ownerToken }, 'actions.list')])).toEqual([
      'RATE_LIMITED',
    ]);
    nowMs += 10_000;
    expect((await gateway.call({ token: gateway.ownerToken }, 'actions.list')).status).toBe(200);
  });

  it('lock out no agent and nobody who has been there before, behind the same address', async () => {
    let nowMs = AT;
    await using gateway = await startGateway({ now: () => nowMs, guessLimit });
    const owner = { token: gateway.ownerToken };
    const signed = (sender: Sender) =>
      gateway.send(sender, { method: 'GET', path: '/v1/actions' }, { nowMs });
    const agent = { signer: newSigner() };
    const body = JSON.stringify({ name: 'alice' });
    const headers = { 'content-type': 'application/json' };
    const register = { method: 'POST', path: '/v1/agents', headers, body };
    expect((await gateway.send(agent, register, { nowMs })).status).toBe(200);
    expect((await gateway.call(owner, 'actions.list')).status).toBe(200);
    await fail(gateway, 4);
    const stranger = { signer: newSigner() };
    expect(
      codes([await signed(agent), await gateway.call(owner, 'actions.list'), await signed(stranger)]),
    ).toEqual([200, 200, 'RATE_LIMITED']);
    nowMs += 1;
    expect(codes([await signed(agent)])).toEqual([200]);
  });

  it('are limited by the network of an IPv6 address, all of which one subscriber has', async () => {
    const limit = { perMinute: 0.001, burst: 3 };
    await using gateway = await startGateway({ guessLimit: limit, trustedProxies: ['127.0.0.1'] });
    const from = (address: string) =>
      gateway.call({ token: 'bft_wrong' }, 'actions.list', {}, { 'x-forwarded-for': address });
    const answers = [];
    for (const host of ['1', '2:3', 'ffff:0:1', 'a', 'b']) answers.push(await from(`2001:db8:0:7::${host}`));
    answers.push(await from('2001:DB8::7:0:0:0:9'), await from('2001:db8:0:8::1'));
    expect(codes(answers)).toEqual([
      ...['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED', 'RATE_LIMITED', 'RATE_LIMITED'],
      ...['RATE_LIMITED', 'UNAUTHENTICATED'],
    ]);
  });

  it.each([
    ['invitations', (gateway: TestGateway) => gateway.call({}, 'members.join', { invitation: 'bfi_wrong' })],
    ['unknown keys', (gateway: TestGateway) => gateway.call({ signer: newSigner() }, 'actions.list')],
    [
      'enrolment tokens',
      (gateway: TestGateway) =>
        gateway.call({ signer: newSigner() }, 'agents.register', { name: 'x', enrolmentToken: 'bft_wrong' }),
    ],
  ])('are limited also when they are %s', async (_, attempt) => {
    await using gateway = await startGateway({ guessLimit: { perMinute: 0.001, burst: 3 } });
    const answers = [];
    for (let index = 0; index < 5; index++) answers.push(await attempt(gateway));
    const refusal = answers[0]?.body.code;
    expect(['UNAUTHENTICATED', 'FORBIDDEN']).toContain(refusal);
    expect(codes(answers)).toEqual([refusal, refusal, refusal, 'RATE_LIMITED', 'RATE_LIMITED']);
  });

  it('are limited also when somebody signs badly in the name of an agent, who is not', async () => {
    await using gateway = await startGateway({ guessLimit: { perMinute: 0.001, burst: 3 } });
    const agent = await gateway.register('alice');
    const forged = { signer: { ...newSigner(), did: agent.signer.did } };
    const answers = [];
    for (let index = 0; index < 5; index++) answers.push(await gateway.call(forged, 'actions.list'));
    expect(codes(answers)).toEqual([
      ...['SIGNATURE_INVALID', 'SIGNATURE_INVALID', 'SIGNATURE_INVALID', 'RATE_LIMITED', 'RATE_LIMITED'],
    ]);
    expect((await gateway.call(agent, 'actions.list')).status).toBe(200);
  });
});

describe('a token that is used after its end', () => {
  it('is told to its workspace, once an hour at most, with how often', async () => {
    let nowMs = AT;
    await using gateway = await startGateway({ now: () => nowMs });
    const owner = { token: gateway.ownerToken };
    const { token, memberId, tokenId } = await joinAs(gateway, 'auditor');
    await gateway.call(owner, 'members.remove', { memberId });
    const expiresAt = new Date(AT + 1000).toISOString();
    const reader = { name: 'r', role: 'reader', expiresAt };
    const { body: short } = await gateway.call(owner, 'tokens.create', reader);
    const refused = async () => {
      const { body } = await gateway.call(owner, 'audit.list', { event: 'token.refused' });
      return body.items.map(({ subject, data }: Body) => [subject, data.why, data.attempts]);
    };
    for (let round = 0; round < 3; round++) await gateway.call({ token }, 'agents.list');
    expect(await refused()).toEqual([[tokenId, 'revoked', 1]]);
    nowMs += 3_600_000;
    await gateway.call({ token }, 'agents.list');
    await gateway.call({ token: short.secret }, 'agents.list');
    expect(await refused()).toEqual([
      [tokenId, 'revoked', 1],
      [tokenId, 'revoked', 3],
      [short.tokenId, 'expired', 1],
    ]);
  });
});
