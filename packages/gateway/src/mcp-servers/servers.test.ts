import { digestOfTools } from '@bonafide/core/identity';
import { describe, expect, it } from 'vitest';
import { type Body, startGateway } from '../testing/test-gateway.ts';
import { manifestOf, pinned, poisoned, read, transport, write } from './testing/pinned.ts';

describe('pinning', () => {
  it('stores what the server offers, and whose key registered it', async () => {
    await using gateway = await startGateway();
    const { agent, server } = await pinned(gateway);
    expect(server).toMatchObject({
      ...{ name: 'files', status: 'pinned', drift: [], toolsDigest: digestOfTools([write, read]) },
      ...{ registeredBy: agent.agentId, publicKey: agent.signer.did, transport, serverName: 'files' },
      tools: [
        { name: 'read', description: 'Reads a file.' },
        { name: 'write', description: 'Writes a file.' },
      ],
    });
  });

  it('returns the same for the same, in any order and by any agent', async () => {
    await using gateway = await startGateway();
    const { server } = await pinned(gateway);
    const other = await gateway.register('other');
    const manifest = manifestOf({
      ...{ tools: [write, read], serverVersion: '1.0.1' },
      transport: { ...transport, envNames: ['HOME_DIR', 'TOKEN'] },
    });
    const { body } = await gateway.call(other, 'mcpServers.pin', { name: 'files', manifest });
    expect(body).toEqual(server);
  });

  it.each([
    ['a poisoned description', { tools: [poisoned, write] }],
    ['one tool more', { tools: [read, write, { ...write, name: 'exec' }] }],
    ['another command', { transport: { ...transport, command: 'node' } }],
    [
      'another kind of transport',
      { transport: { type: 'http', url: 'https://x.test/mcp', headerNames: [] } },
    ],
  ])('refuses %s under a pinned name, and changes nothing', async (_, change) => {
    await using gateway = await startGateway();
    const { agent, server, owner } = await pinned(gateway);
    const again = await gateway.call(agent, 'mcpServers.pin', {
      name: 'files',
      manifest: manifestOf(change),
    });
    expect(again.body).toMatchObject({
      code: 'CONFLICT',
      details: { serverId: server.serverId },
    });
    const { body } = await gateway.call(owner, 'mcpServers.get', { serverId: server.serverId });
    expect(body).toEqual(server);
  });

  it('refuses two tools of one name, of which one would hide the other', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('agent');
    const manifest = manifestOf({ tools: [read, poisoned] });
    const { body } = await gateway.call(agent, 'mcpServers.pin', { name: 'files', manifest });
    expect(body.code).toBe('VALIDATION_FAILED');
  });

  it('pins once when two agents register at the same moment', async () => {
    await using gateway = await startGateway();
    const agents = await Promise.all(['a', 'b', 'c', 'd'].map((name) => gateway.register(name)));
    const answers = await Promise.all(
      agents.map((agent, index) =>
        gateway.call(agent, 'mcpServers.pin', {
          ...{ name: 'files', manifest: manifestOf({ tools: index % 2 ? [read] : [write] }) },
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(new Set(answers.flatMap(({ body }) => body.toolsDigest ?? [])).size).toBe(1);
  });

  it('is for agents, not for tokens', async () => {
    await using gateway = await startGateway();
    const { owner, server } = await pinned(gateway);
    const { body } = await gateway.call(owner, 'mcpServers.pin', { name: 'x', manifest: manifestOf() });
    expect(body.code).toBe('FORBIDDEN');
    const { serverId } = server;
    const report = await gateway.call(owner, 'mcpServers.report', { serverId, manifest: manifestOf() });
    expect(report.body.code).toBe('FORBIDDEN');
  });
});

describe('drift', () => {
  it('is nothing when the server is as pinned; the check is remembered', async () => {
    let now = Date.now();
    await using gateway = await startGateway({ now: () => now });
    const { server, report, owner } = await pinned(gateway);
    now += 1000;
    const { body } = await report({ tools: [write, read] });
    expect(body).toEqual({ ...server, checkedAt: new Date(now).toISOString() });
    const { body: log } = await gateway.call(owner, 'audit.list', { subject: server.serverId });
    expect(log.items.map(({ event }: Body) => event)).toEqual(['mcpServer.pinned', 'mcpServer.checked']);
  });

  it('names a poisoned description, with the text before and after', async () => {
    await using gateway = await startGateway();
    const { report, server } = await pinned(gateway);
    const { body } = await report({ tools: [poisoned, write] });
    expect(body).toMatchObject({
      ...{ status: 'drifted', toolsDigest: server.toolsDigest, tools: server.tools },
      seenToolsDigest: digestOfTools([poisoned, write]),
      drift: [{ kind: 'toolChanged', name: 'read', before: 'Reads a file.', after: poisoned.description }],
    });
    expect(body.seenDigest).not.toBe(server.seenDigest);
  });

  it.each([
    [
      'toolAdded',
      { tools: [read, write, { ...write, name: 'exec' }] },
      { name: 'exec', after: 'Writes a file.' },
    ],
    ['toolRemoved', { tools: [read] }, { name: 'write', before: 'Writes a file.' }],
    [
      'toolChanged',
      { tools: [{ ...read, inputSchema: { type: 'object', required: ['note'] } }, write] },
      { name: 'read', before: '{"type":"object"}', after: '{"required":["note"],"type":"object"}' },
    ],
    [
      'transportChanged',
      { transport: { ...transport, command: '/tmp/npx' } },
      { name: 'command', before: 'npx', after: '/tmp/npx' },
    ],
    [
      'transportChanged',
      { transport: { ...transport, args: ['-y', 'files@evil'] } },
      { name: 'args', before: '["-y","files"]', after: '["-y","files@evil"]' },
    ],
    [
      'transportChanged',
      { transport: { ...transport, envNames: [...transport.envNames, 'LD_PRELOAD'] } },
      { name: 'envNames', after: '["HOME_DIR","LD_PRELOAD","TOKEN"]' },
    ],
  ])('is told as %s', async (kind, change, drift) => {
    await using gateway = await startGateway();
    const { report } = await pinned(gateway);
    const { body } = await report(change);
    expect(body).toMatchObject({ status: 'drifted', drift: [{ kind, ...drift }] });
  });

  it('raises an alert and an event once, until something else is seen', async () => {
    await using gateway = await startGateway();
    const { report, server, owner } = await pinned(gateway);
    await report({ tools: [poisoned, write] });
    await report({ tools: [poisoned, write] });
    await report({ tools: [poisoned] });
    const { body } = await gateway.call(owner, 'audit.list', { subject: server.serverId });
    expect(body.items.map(({ event }: Body) => event)).toEqual([
      ...['mcpServer.pinned', 'mcpServer.drifted', 'mcpServer.checked', 'mcpServer.drifted'],
    ]);
    const { body: alerts } = await gateway.call(owner, 'alerts.list', {});
    expect(alerts.items).toEqual([
      expect.objectContaining({
        type: 'mcp.drift',
        severity: 'high',
        subject: server.serverId,
        status: 'open',
      }),
    ]);
  });

  it('ends when the agent that saw it sees the pinned state again', async () => {
    await using gateway = await startGateway();
    const { report, server, owner } = await pinned(gateway);
    await report({ tools: [poisoned, write] });
    const { body } = await report();
    expect(body).toMatchObject({ status: 'pinned', drift: [], seenDigest: server.seenDigest });
    const { body: alerts } = await gateway.call(owner, 'alerts.list', {});
    expect(alerts.items).toMatchObject([{ type: 'mcp.drift', status: 'resolved' }]);
  });

  it('does not end because the server shows another agent a clean face', async () => {
    await using gateway = await startGateway();
    const { agent, report, owner } = await pinned(gateway);
    const other = await gateway.register('other');
    await report({ tools: [poisoned, write] });
    expect((await report({}, other)).body.status).toBe('drifted');
    await gateway.call(owner, 'agents.revoke', { agentId: agent.agentId, reason: 'gone' });
    expect((await report({}, other)).body.status).toBe('pinned');
  });
});

describe('a change approved by a person', () => {
  it('pins what was looked at, and resolves the alert', async () => {
    await using gateway = await startGateway();
    const { report, owner } = await pinned(gateway);
    const { body: drifted } = await report({ tools: [read] });
    const { serverId, seenDigest } = drifted;
    const approve = () =>
      gateway.call(owner, 'mcpServers.approveChange', { serverId, seenDigest, reason: 'ok' });
    const { body } = await approve();
    expect(body).toMatchObject({ status: 'pinned', drift: [], seenDigest, tools: [{ name: 'read' }] });
    expect(body.toolsDigest).toBe(digestOfTools([read]));
    expect((await approve()).body).toMatchObject({ status: 'pinned', seenDigest });
    const { body: alerts } = await gateway.call(owner, 'alerts.list', {});
    expect(alerts.items).toMatchObject([{ type: 'mcp.drift', status: 'resolved', resolution: 'fixed' }]);
    expect((await report({ tools: [read] })).body.status).toBe('pinned');
    expect((await report()).body.status).toBe('drifted');
  });

  it('is refused when the server has said something else since, even only of its command', async () => {
    await using gateway = await startGateway();
    const { report, owner } = await pinned(gateway);
    const { body: looked } = await report({ tools: [read] });
    await report({ tools: [read], transport: { ...transport, command: '/tmp/npx' } });
    const { serverId, seenDigest } = looked;
    const { body } = await gateway.call(owner, 'mcpServers.approveChange', { serverId, seenDigest });
    expect(body).toMatchObject({ code: 'CONFLICT' });
    expect((await gateway.call(owner, 'mcpServers.get', { serverId })).body.status).toBe('drifted');
  });

  it('is not for agents', async () => {
    await using gateway = await startGateway();
    const { agent, report } = await pinned(gateway);
    const { serverId, seenDigest } = (await report({ tools: [read] })).body;
    const { body } = await gateway.call(agent, 'mcpServers.approveChange', { serverId, seenDigest });
    expect(body.code).toBe('FORBIDDEN');
  });
});
