import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const NOW = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-02T00:00:00.000Z';

const transport = { type: 'stdio' as const, command: 'npx', args: ['-y', 'ﬁles 😀'], envNames: ['TOKEN'] };
const tool = { name: 'read', description: 'a\u0000b', inputSchema: { type: 'object', x: [1, null] } };

const serverOf = (name: string, change: object = {}) => ({
  ...{ serverId: `server-${name}`, workspace: 'a', name, status: 'pinned' as const },
  ...{ pinned: { transport, serverName: 'S', tools: [tool] }, toolsDigest: 'd1', seenToolsDigest: 'd1' },
  ...{ seenDigest: 's1', drift: [], registeredBy: 'agent-x', publicKey: 'did-x' },
  ...{ checkedAt: NOW, createdAt: NOW, updatedAt: NOW, ...change },
});

const attestationOf = (agentId: string, change: object = {}) => ({
  ...{ workspace: 'a', serverId: 'server-files', agentId, toolsDigest: 'd1', at: NOW, envelope: '{"v":1}' },
  ...change,
});

/** The part of the suite about MCP servers and who vouches for them. */
export function testMcpServers(store: () => Store): void {
  testServers(store);
  testAttestations(store);
}

function testServers(store: () => Store): void {
  const insert = (server: ReturnType<typeof serverOf>) =>
    store().commit(({ mcpServers }) => mcpServers.insert(server));
  const get = (workspace: string, id: string) => store().read.mcpServers.get({ workspace, id });

  it('keeps an MCP server whole, and replaces it but for what it is', async () => {
    const server = serverOf('files');
    await insert(server);
    expect(get('a', server.serverId)).toEqual(server);
    const drifted = {
      ...{
        ...server,
        status: 'drifted' as const,
        seenDigest: 's2',
        seenToolsDigest: 'd2',
        driftedBy: 'agent-y',
      },
      ...{ seen: { transport, tools: [] }, drift: [{ kind: 'toolRemoved' as const, name: 'read' }] },
      ...{ checkedAt: LATER, updatedAt: LATER },
    };
    await store().commit(({ mcpServers }) => mcpServers.update({ ...drifted, name: 'x', publicKey: 'y' }));
    expect(get('a', server.serverId)).toEqual(drifted);
    await store().commit(({ mcpServers }) => mcpServers.update(server));
    expect(get('a', server.serverId)).toEqual(server);
  });

  it('finds MCP servers by name, each workspace its own, and refuses a name twice', async () => {
    await insert(serverOf('files', { status: 'drifted' }));
    await insert(serverOf('files', { serverId: 'server-b', workspace: 'b' }));
    await expect(insert(serverOf('files', { serverId: 'server-c' }))).rejects.toThrow();
    const { mcpServers: read } = store().read;
    expect([read.getByName('a', 'files')?.serverId, read.getByName('b', 'files')?.serverId]).toEqual([
      ...['server-files', 'server-b'],
    ]);
    expect([read.getStatusByName('a', 'files'), read.getStatusByName('b', 'files')]).toEqual([
      ...['drifted', 'pinned'],
    ]);
    expect([read.getByName('c', 'files'), read.getStatusByName('a', 'x'), get('b', 'server-files')]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    await store().commit(({ mcpServers }) => mcpServers.update(serverOf('files', { workspace: 'b' })));
    expect(get('a', 'server-files')?.status).toBe('drifted');
  });

  it('lists MCP servers newest first in pages, by status', async () => {
    for (const [name, status] of Object.entries({ one: 'pinned', three: 'drifted', two: 'pinned' }))
      await insert(serverOf(name, { status }));
    await insert(serverOf('zero', { workspace: 'b' }));
    const list = (query: object, page: object = {}) =>
      store()
        .read.mcpServers.list({ workspace: 'a', ...query }, { limit: 9, ...page })
        .map(({ name }) => name);
    expect([list({}), list({ status: 'drifted' }), list({ status: 'pinned' }, { limit: 1 })]).toEqual([
      ...[['two', 'three', 'one'], ['three'], ['two']],
    ]);
    expect(list({}, { before: 'server-three' })).toEqual(['one']);
  });
}

function testAttestations(store: () => Store): void {
  it('keeps the last attestation of each agent and server, and lists those of some tools since a time', async () => {
    const put = (attestation: ReturnType<typeof attestationOf>) =>
      store().commit(({ mcpAttestations }) => mcpAttestations.put(attestation));
    const last = attestationOf('agent-y', { at: LATER, envelope: '{"v":2}' });
    for (const each of [attestationOf('agent-y'), attestationOf('agent-x'), last]) await put(each);
    for (const [agentId, change] of [
      ['agent-z', { toolsDigest: 'd2' }],
      ['agent-w', { serverId: 'server-b' }],
      ['agent-v', { workspace: 'b' }],
    ] as const)
      await put(attestationOf(agentId, change));
    const { mcpAttestations: read } = store().read;
    const key = { workspace: 'a', id: 'server-files' };
    expect(read.listOfServer(key, { toolsDigest: 'd1', since: NOW })).toEqual([
      attestationOf('agent-x'),
      last,
    ]);
    expect(read.listOfServer(key, { toolsDigest: 'd1', since: LATER })).toEqual([last]);
    expect([read.get(key, 'agent-y'), read.get({ ...key, workspace: 'b' }, 'agent-y')]).toEqual([
      last,
      undefined,
    ]);
  });
}
