import { encodeEnvelope, signEnvelope } from '@bonafide/core/identity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newSigner, startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';

const action = 'peers.serve:text.count';
let gateway: TestGateway;
let rivalToken: string;
let provider: TestAgent;

beforeAll(async () => {
  gateway = await startGateway();
  rivalToken = (await gateway.gateway.createWorkspace('rival')).ownerToken;
  provider = await gateway.register('provider');
});
afterAll(() => gateway[Symbol.asyncDispose]());

const stranger = (name: string) => gateway.register(name, { enrolmentToken: rivalToken });
const verify = async (resource: string, asked = action) =>
  (await gateway.call(provider, 'actions.verify', { action: asked, risk: 'low', resource })).body;
const revoke = ({ agentId }: TestAgent) =>
  gateway.call({ token: rivalToken }, 'agents.revoke', { agentId, reason: 'a test' });
const revoked: string = expect.stringContaining('revoked');

describe('nothing is done for the key', () => {
  it('of an agent that was revoked, whatever its workspace, and the log says why', async () => {
    const requester = await stranger('revoked');
    const { did } = requester.signer;
    expect((await verify(did)).status).toBe('approved');
    await revoke(requester);
    const { status, reason, actionId } = await verify(did);
    expect({ status, reason }).toEqual({ status: 'denied', reason: revoked });
    const token = gateway.ownerToken;
    const { body } = await gateway.call({ token }, 'audit.list', { event: 'action.denied' });
    expect(body.items).toMatchObject([{ subject: actionId, data: { action, reason } }]);
    // Other actions may well be about it.
    expect((await verify(did, 'records.read')).status).toBe('approved');
  });

  it('that its agent replaced', async () => {
    const requester = await stranger('rotated');
    const { did: oldDid } = requester.signer;
    const next = newSigner();
    const payload = { agentId: requester.agentId, oldDid, newDid: next.did };
    const options = { signer: next, type: 'agent.key-rotation' };
    const proof = encodeEnvelope(await signEnvelope(payload, options));
    await gateway.call(requester, 'agents.rotateKey', { newDid: next.did, proof });
    expect((await verify(oldDid)).status).toBe('denied');
    expect((await verify(next.did)).status).toBe('approved');
  });

  it('of one that was revoked between the answer and the start', async () => {
    const requester = await stranger('revoked-later');
    const { actionId, parametersDigest } = await verify(requester.signer.did);
    await revoke(requester);
    const started = await gateway.call(provider, 'actions.start', { actionId, parametersDigest });
    expect(started.body).toMatchObject({ code: 'CONFLICT', details: { status: 'denied' } });
  });
});
