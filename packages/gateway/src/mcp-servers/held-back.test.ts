import { expect, it } from 'vitest';
import { startGateway } from '../testing/test-gateway.ts';
import { pinned, poisoned, write } from './testing/pinned.ts';

it('actions on a drifted server wait for a person until the change is approved, unless the workspace wants otherwise', async () => {
  await using gateway = await startGateway();
  const { agent, owner, report } = await pinned(gateway);
  const verify = async (resource: string) => {
    const request = { action: 'files.read', risk: 'low', resource };
    const { status, rule } = (await gateway.call(agent, 'actions.verify', request)).body;
    return { status, rule };
  };
  expect(await verify('mcp:files/read')).toMatchObject({ status: 'approved' });
  const { serverId, seenDigest } = (await report({ tools: [poisoned, write] })).body;
  const held = { status: 'pending', rule: 'mcp.drift' };
  expect(await Promise.all(['mcp:files/read', 'mcp:files', 'MCP:Files/read'].map(verify))).toEqual([
    held,
    held,
    held,
  ]);
  expect(await verify('mcp:search/find')).toMatchObject({ status: 'approved' });
  await gateway.call(owner, 'workspaces.update', { settings: { driftNeedsApproval: false } });
  expect(await verify('mcp:files/read')).toMatchObject({ status: 'approved' });
  await gateway.call(owner, 'workspaces.update', { settings: { driftNeedsApproval: true } });
  expect(await verify('mcp:files/read')).toEqual(held);
  await gateway.call(owner, 'mcpServers.approveChange', { serverId, seenDigest });
  expect(await verify('mcp:files/read')).toMatchObject({ status: 'approved' });
});
