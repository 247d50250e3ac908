import { type AclRule, accessLevels } from '@bonafide/core/models';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRegistered } from '../testing/peer-sessions.ts';
import { newSigner, startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';

const offer = { type: 'OFFER', sdp: 'v=0', linkId: 'l'.repeat(16) };
const unknown = {
  code: 'NOT_FOUND',
  status: 404,
  detail: 'Nobody with this key that you can find takes peer connections now.',
};

let gateway: TestGateway;
let rivalToken: string;
let [ours, theirs, listed]: TestAgent[] = [];

beforeEach(async () => {
  gateway = await startGateway();
  rivalToken = (await gateway.gateway.createWorkspace('rival')).ownerToken;
  const rival = (name: string, extra: object = {}) =>
    gateway.register(name, { enrolmentToken: rivalToken, ...extra });
  [ours, theirs, listed] = [
    await gateway.register('ours'),
    await rival('theirs'),
    await rival('listed', { isListed: true }),
  ];
});
afterEach(() => gateway[Symbol.asyncDispose]());

const open = (agent: TestAgent | undefined) => openRegistered(gateway, agent as TestAgent);
const rule = (token: string, rule: Partial<AclRule>) =>
  gateway.call({ token }, 'acl.createRule', {
    ...{ principalType: '*', principalId: '*', resourceType: 'workspace', level: 0, ...rule },
  });

describe('a peer', () => {
  it('reaches agents of its workspace and listed ones of others, and nobody else', async () => {
    await using caller = await open(ours);
    await using hidden = await open(theirs);
    await using shown = await open(listed);
    await caller.signal(shown.did, offer);
    expect((await shown.take()).from).toMatchObject({ workspace: 'default' });
    await hidden.signal(shown.did, offer);
    const refused = await caller.signal(hidden.did, offer).catch((error: unknown) => error);
    expect(refused).toMatchObject(unknown);
    // Word for word the same as for who is not there at all.
    const nobody = await caller.signal(newSigner().did, offer).catch((error: unknown) => error);
    expect({ ...(nobody as object) }).toEqual({ ...(refused as object) });
    expect(await caller.refusal(caller.relay(hidden.did, 'AAAA'))).toEqual(
      await caller.refusal(caller.relay(newSigner().did, 'AAAA')),
    );
    expect(hidden.raw.received.some(({ frame }) => frame.t === 'peer' || frame.t === 'relay')).toBe(false);
  });

  it('may answer who signalled it, whom it could not find by itself', async () => {
    await using caller = await open(ours);
    await using shown = await open(listed);
    await expect(shown.signal(caller.did, offer)).rejects.toMatchObject(unknown);
    const relayKey = Buffer.alloc(32, 1).toString('base64url');
    await caller.signal(shown.did, { ...offer, relayKey });
    await shown.signal(caller.did, { type: 'ANSWER', sdp: 'v=0' });
    expect(await caller.take()).toMatchObject({ from: { workspace: 'rival' }, message: { type: 'ANSWER' } });
    shown.relay(caller.did, 'AAAA');
    await shown.raw.call('gateway.getInfo');
    expect(caller.raw.received.at(-1)).toEqual({ frame: { t: 'relay', from: shown.did }, body: 'AAAA' });
    // As long as it takes connections: it begins anew, and so does who may be answered.
    await shown.signal(gateway.gateway.did, { type: 'UNREGISTER' });
    await shown.register();
    await expect(shown.signal(caller.did, offer)).rejects.toMatchObject(unknown);
  });

  it('is kept out where a rule says so, as with messages', async () => {
    await using caller = await open(ours);
    await using mate = await openRegistered(gateway, await gateway.register('mate'));
    await using shown = await open(listed);
    const agent = { principalType: 'agent', principalId: 'ag::default::ours::default' } as const;
    await rule(rivalToken, { ...agent, resourceId: 'rival' });
    await expect(caller.signal(shown.did, offer)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await caller.refusal(caller.relay(shown.did, 'AAAA'))).toMatchObject({ code: 'FORBIDDEN' });
    await mate.signal(shown.did, offer);
    await rule(gateway.ownerToken, { ...agent, resourceId: 'default' });
    await expect(caller.signal(mate.did, offer)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('of a kind that sends no messages to agents signals none, either', async () => {
    const principal = { type: 'metrics-bridge', implementation: 'm', specifier: '1' } as const;
    await using mate = await open(ours);
    const agent = await gateway.register('bridge');
    const may = {
      principalId: `agent:${agent.agentId}`,
      resourceType: 'principal',
      resourceId: 'metrics-bridge',
    };
    await rule(gateway.ownerToken, { ...may, level: accessLevels.manage } as Partial<AclRule>);
    await using bridge = await openRegistered(gateway, agent, { principal });
    await expect(bridge.signal(mate.did, offer)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await mate.signal(bridge.did, offer);
  });
});
