import { request as httpRequest } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { isWeakPublicKey } from '@bonafide/core/identity';
import { base58 } from '@scure/base';
import { describe, expect, it } from 'vitest';
import { newSigner, signed, startGateway, toAnswer, toRequest } from '../testing/test-gateway.ts';

describe('registration', () => {
  it('is open over loopback, and the same key and name are the same agent', async () => {
    await using gateway = await startGateway();
    const signer = newSigner();
    const first = await gateway.call({ signer }, 'agents.register', {
      name: 'alice',
      capabilities: ['csv', 'csv'],
    });
    const second = await gateway.call({ signer }, 'agents.register', { name: 'alice' });
    expect(first.body).toMatchObject({
      did: signer.did,
      name: 'alice',
      workspace: 'default',
      capabilities: ['csv'],
    });
    expect(second.body).toEqual(first.body);
    const audit = await gateway.call({ token: gateway.ownerToken }, 'audit.list', {
      event: 'agent.registered',
    });
    expect(audit.body.items).toHaveLength(1);
    expect(audit.body.items[0]).toMatchObject({
      actor: `agent:${first.body.agentId}`,
      subject: first.body.agentId,
    });
  });

  it('refuses another name for a known key, and a taken name for another key', async () => {
    await using gateway = await startGateway();
    const { signer } = await gateway.register('alice');
    const renamed = await gateway.call({ signer }, 'agents.register', { name: 'bob' });
    const taken = await gateway.call({ signer: newSigner() }, 'agents.register', { name: 'alice' });
    expect([renamed.body.code, taken.body.code]).toEqual(['CONFLICT', 'CONFLICT']);
  });

  it('needs a token when the gateway says so, when it has a public name, and when the request was forwarded', async () => {
    await using closed = await startGateway({ enrolment: 'token' });
    await using named = await startGateway({ publicUrl: 'https://gateway.example' });
    await using local = await startGateway();
    const refused = await closed.call({ signer: newSigner() }, 'agents.register', { name: 'alice' });
    const forwarded = await local.call(
      { signer: newSigner() },
      'agents.register',
      { name: 'alice' },
      { 'x-forwarded-for': '203.0.113.9' },
    );
    const info = await toAnswer(await named.gateway.fetch(new Request('http://gateway.test/v1/info')));
    expect([refused.body.code, forwarded.body.code]).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect(info.body.enrolment).toBe('token');
  });

  it('is not open to a web page whose name was made to point to this machine', async () => {
    await using gateway = await startGateway();
    const request = toRequest('agents.register', { input: { name: 'page' } });
    const { headers, body = '' } = await signed(gateway.url, { sender: { signer: newSigner() }, request });
    const { hostname, port } = new URL(gateway.url);
    const all = { ...headers, host: `evil.example:${port}`, 'content-length': String(body.length) };
    const answer = await new Promise<string>((resolve, reject) => {
      const sent = httpRequest(
        { hostname, port, path: request.path, method: 'POST', headers: all },
        (response) => resolve(readText(response)),
      );
      sent.once('error', reject).end(body);
    });
    expect(JSON.parse(answer).code).toBe('FORBIDDEN');
  });

  it('takes an enrolment token into its workspace, and no other token', async () => {
    await using gateway = await startGateway({ enrolment: 'token' });
    const { ownerToken } = await gateway.gateway.createWorkspace('acme');
    const make = async (role: string, extra = {}) =>
      (await gateway.call({ token: ownerToken }, 'tokens.create', { name: role, role, ...extra })).body;
    const enrolment = await make('enrolment');
    const reader = await make('reader');
    const expired = await make('enrolment', { expiresAt: '2020-01-01T00:00:00Z' });
    const revoked = await make('enrolment');
    await gateway.call({ token: ownerToken }, 'tokens.revoke', { tokenId: revoked.tokenId });
    const agent = await gateway.register('alice', { enrolmentToken: enrolment.secret });
    expect(agent.record.workspace).toBe('acme');
    for (const secret of [reader.secret, expired.secret, revoked.secret, 'bft_made-up']) {
      const { body } = await gateway.call({ signer: newSigner() }, 'agents.register', {
        name: 'x',
        enrolmentToken: secret,
      });
      expect(body.code).toBe('FORBIDDEN');
    }
  });

  it('refuses to register without a signature, with a token instead of one, and with both', async () => {
    await using gateway = await startGateway();
    const nobody = await gateway.call({}, 'agents.register', { name: 'alice' });
    const token = await gateway.call({ token: gateway.ownerToken }, 'agents.register', { name: 'alice' });
    const both = await gateway.call(
      { signer: newSigner() },
      'agents.register',
      { name: 'alice' },
      { authorization: 'Bearer x' },
    );
    expect([nobody.status, token.status, both.status]).toEqual([401, 401, 401]);
  });

  it('keeps a key for one workspace and one agent for good, rotated and revoked ones too', async () => {
    await using gateway = await startGateway();
    const { ownerToken } = await gateway.gateway.createWorkspace('acme');
    const { secret } = (
      await gateway.call({ token: ownerToken }, 'tokens.create', { name: 'e', role: 'enrolment' })
    ).body;
    const { signer, agentId } = await gateway.register('alice');
    const elsewhere = await gateway.call({ signer }, 'agents.register', {
      name: 'alice',
      enrolmentToken: secret,
    });
    await gateway.call({ signer }, 'agents.revoke', { agentId, reason: 'lost' });
    const revoked = await gateway.call({ signer }, 'agents.register', { name: 'alice' });
    expect([elsewhere.body.code, revoked.body.code]).toEqual(['CONFLICT', 'REVOKED']);
  });

  it('refuses a weak key', async () => {
    await using gateway = await startGateway();
    const identityPoint = Uint8Array.of(1, ...new Uint8Array(31));
    expect(isWeakPublicKey(identityPoint)).toBe(true);
    const did = `did:key:z${base58.encode(Uint8Array.of(0xed, 1, ...identityPoint))}`;
    const { status, body } = await gateway.call(
      { signer: { did, sign: async () => Uint8Array.of(...identityPoint, ...new Uint8Array(32)) } },
      'agents.register',
      { name: 'alice' },
    );
    expect({ status, reason: body.details?.reason }).toEqual({ status: 401, reason: 'weak-key' });
  });
});
