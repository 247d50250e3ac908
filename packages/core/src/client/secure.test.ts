import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { agentRecord, routes } from '../../test-support/far-gateway.ts';
import {
  type Answer,
  hangUp,
  json,
  problem,
  type ScriptedServer,
  silence,
  startScriptedServer,
} from '../../test-support/scripted-server.ts';
import { BonafideError } from '../errors.ts';
import { createKeyPair, signerFromSeed, toBase64Url, verifyRequest } from '../identity/index.ts';
import { connect, type SecureOptions, secure } from './secure.ts';
import type { PeerNetwork } from './types.ts';

const keyPair = createKeyPair();
const signer = signerFromSeed(keyPair.seed);
const REGISTER = 'POST /v1/agents';

let server: ScriptedServer | undefined;
beforeEach(() => {
  server = undefined;
});
afterEach(() => server?.[Symbol.asyncDispose]());

async function gateway(table: Readonly<Record<string, Answer | readonly Answer[]>>): Promise<SecureOptions> {
  server = await startScriptedServer(routes(table));
  return { url: server.url, signer, retry: { baseDelayMs: 0 } };
}

const bodyOf = (index: number): unknown => JSON.parse(String(server?.requests[index]?.body));

describe('secure', () => {
  it('registers the key under the name and returns the agent', async () => {
    const options = await gateway({ [REGISTER]: json(agentRecord(signer.did)) });
    const agent = await secure('weather-agent', { ...options, enrolmentToken: 'once' });
    expect(agent).toMatchObject({
      id: agentRecord(signer.did).agentId,
      name: 'weather-agent',
      did: signer.did,
    });
    expect(agent.record.workspace).toBe('default');
    expect(bodyOf(0)).toEqual({ name: 'weather-agent', enrolmentToken: 'once' });
  });

  it('signs the registration with the agent key', async () => {
    await secure('weather-agent', await gateway({ [REGISTER]: json(agentRecord(signer.did)) }));
    const [request] = server?.requests ?? [];
    if (!request || !server) throw new Error('Nothing was sent.');
    const claim = await verifyRequest(request, { authority: server.authority });
    expect(claim.did).toBe(signer.did);
  });

  it('takes a private key as text', async () => {
    const options = await gateway({ [REGISTER]: json(agentRecord(keyPair.did)) });
    const privateKey = toBase64Url(keyPair.seed);
    const agent = await secure('weather-agent', { ...options, signer: undefined, privateKey });
    expect(agent.did).toBe(keyPair.did);
  });

  it('takes the key from a key store by name', async () => {
    const options = await gateway({ [REGISTER]: json(agentRecord(signer.did)) });
    const asked: string[] = [];
    const keyStore = {
      loadOrCreate: async (name: string) => {
        asked.push(name);
        return signer;
      },
    };
    await secure('weather-agent', { ...options, signer: undefined, keyStore });
    expect(asked).toEqual(['weather-agent']);
  });

  it('refuses a signer together with a private key', async () => {
    const both = { signer, privateKey: toBase64Url(keyPair.seed) };
    await expect(secure('weather-agent', both)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('publishes skills that differ from what is registered, and only then', async () => {
    const greet = { capability: 'greet', description: 'Greets', inputSchema: { type: 'object', title: 'x' } };
    const registered = agentRecord(signer.did, { capabilities: ['greet'] });
    const updated = { ...registered, skills: [greet] };
    const options = await gateway({
      [REGISTER]: [json(registered), json(updated)],
      'PATCH /v1/agents/self': json(updated),
    });
    const agent = await secure('weather-agent', { ...options, skills: [greet] });
    expect(agent.record.skills).toEqual([greet]);
    expect(bodyOf(1)).toMatchObject({ capabilities: ['greet'], skills: [greet] });
    const inputSchema = { title: 'x', type: 'object' };
    await secure('weather-agent', { ...options, skills: [{ ...greet, inputSchema }] });
    expect(server?.requests).toHaveLength(3);
  });

  it('opens its peer network at the first use, again after a failure, and closes it with the agent', async () => {
    const options = await gateway({ [REGISTER]: json(agentRecord(signer.did)) });
    const network = { operations: { list: async () => ({ items: [] }) } };
    const seen: string[] = [];
    const agent = await secure('weather-agent', {
      ...options,
      peers: async ({ did }) => {
        seen.push(did);
        if (seen.length === 1) throw new BonafideError('UNAVAILABLE', 'Not yet.');
        const close = async () => void seen.push('closed');
        const { signal } = new AbortController();
        return { ...network, signal, [Symbol.asyncDispose]: close } as unknown as PeerNetwork;
      },
    });
    expect(seen).toEqual([]);
    await expect(agent.peers.list()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await agent.peers.list()).toEqual({ items: [] });
    await agent.peers.list();
    await agent[Symbol.asyncDispose]();
    expect(seen).toEqual([signer.did, signer.did, 'closed']);
  });

  it('does not wait for a peer network that is still being opened, and closes it then', async () => {
    const options = await gateway({ [REGISTER]: json(agentRecord(signer.did)) });
    const opened = Promise.withResolvers<PeerNetwork>();
    const closed = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const peers = () => {
      asked.resolve();
      return opened.promise;
    };
    const agent = await secure('weather-agent', { ...options, peers });
    const listed = agent.peers.list();
    await asked.promise;
    const first = await Promise.race([agent[Symbol.asyncDispose]().then(() => 'closed'), listed]);
    expect(first).toBe('closed');
    const refused = expect(listed).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const { signal } = new AbortController();
    const network = { operations: {}, signal, [Symbol.asyncDispose]: async () => closed.resolve() };
    opened.resolve(network as unknown as PeerNetwork);
    await Promise.all([refused, closed.promise]);
    await expect(agent.peers.list()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('says what the peers operations need', async () => {
    const options = await gateway({ [REGISTER]: json(agentRecord(signer.did)) });
    const agent = await secure('weather-agent', options);
    await expect(agent.peers.list()).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('peers: openPeers'),
    });
  });

  it('passes the limits of a call on to the peer network', async () => {
    const options = await gateway({ [REGISTER]: json(agentRecord(signer.did)) });
    const connect = vi.fn(async ({ did }: { readonly did: string }) => ({ did, state: 'connected' }));
    const { signal } = new AbortController();
    const network = { operations: { connect }, signal, [Symbol.asyncDispose]: async () => undefined };
    const peers = async () => network as unknown as PeerNetwork;
    const agent = await secure('weather-agent', { ...options, peers });
    const { did } = createKeyPair();
    await expect(agent.peers.connect({ did }, { signal, timeoutMs: 7 })).resolves.toEqual({
      did,
      state: 'connected',
    });
    expect(connect).toHaveBeenCalledWith({ did }, expect.objectContaining({ signal, timeoutMs: 7 }));
  });

  it('updates a profile that differs from what is registered, and only then', async () => {
    const registered = agentRecord(signer.did, { capabilities: ['csv', 'json'], description: 'old' });
    const updated = { ...registered, description: 'new' };
    const options = await gateway({ [REGISTER]: json(registered), 'PATCH /v1/agents/self': json(updated) });
    await secure('weather-agent', { ...options, capabilities: ['json', 'csv'], description: 'old' });
    expect(server?.requests).toHaveLength(1);
    const agent = await secure('weather-agent', { ...options, description: 'new' });
    expect(agent.record.description).toBe('new');
    expect(bodyOf(2)).toEqual({ description: 'new', capabilities: ['csv', 'json'], isListed: false });
  });

  it.each([
    ['a record of another key', { did: createKeyPair().did }, 'UNAUTHENTICATED'],
    ['a record of another name', { name: 'someone-else' }, 'UNAUTHENTICATED'],
    ['a revoked agent', { status: 'revoked' }, 'REVOKED'],
  ])('refuses %s', async (_, change, code) => {
    const options = await gateway({ [REGISTER]: json(agentRecord(signer.did, change)) });
    await expect(secure('weather-agent', options)).rejects.toMatchObject({
      name: 'AuthenticationError',
      code,
    });
  });

  it('passes on that the name is taken', async () => {
    const options = await gateway({ [REGISTER]: problem('CONFLICT', 409) });
    await expect(secure('weather-agent', options)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('fails clearly when the gateway is away', async () => {
    const options = await gateway({ [REGISTER]: hangUp });
    await expect(secure('weather-agent', options)).rejects.toMatchObject({ name: 'ConnectionError' });
  });

  it('refuses a bad name before it connects', async () => {
    const options = await gateway({});
    await expect(secure('Weather Agent!', options)).rejects.toMatchObject({
      issues: [{ path: 'name', message: expect.any(String) }],
    });
    expect(server?.requests).toHaveLength(0);
  });

  it('aborts what runs when the agent is disposed', async () => {
    const options = await gateway({
      [REGISTER]: json(agentRecord(signer.did)),
      'GET /v1/health': silence,
      'GET /v1/events': silence,
    });
    const agent = await secure('weather-agent', options);
    const calling = agent.gateway.getHealth();
    const reading = agent.events.stream()[Symbol.asyncIterator]().next();
    const ends = Promise.allSettled([calling, reading]);
    await agent[Symbol.asyncDispose]();
    const reason = expect.objectContaining({ message: expect.stringContaining('was closed') });
    expect(await ends).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
  });
});

describe('connect', () => {
  it('calls as the holder of a token', async () => {
    const { url } = await gateway({ 'GET /v1/approvals': json({ items: [] }) });
    const client = connect({ url, token: 'abc' });
    expect(await client.approvals.list({ status: 'pending' })).toEqual({ items: [] });
    expect(server?.requests[0]?.headers.authorization).toBe('Bearer abc');
  });

  it('has no local operations: they run as an agent', async () => {
    const { url } = await gateway({});
    await expect(connect({ url }).wallets.link({})).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});
