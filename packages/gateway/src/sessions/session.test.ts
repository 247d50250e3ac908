import { describe, expect, it } from 'vitest';
import { connectRaw } from '../testing/session-client.ts';
import { startGateway } from '../testing/test-gateway.ts';

describe('a session over a WebSocket', () => {
  it('is welcomed by a signed answer, and calls operations', async () => {
    await using gateway = await startGateway();
    const { signer, agentId } = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof: { signer } });
    const { address, epoch, isResumed, workspace } = session.welcome;
    expect({ address, epoch, isResumed, workspace }).toEqual({
      address: 'ag::default::worker::default',
      epoch: 1,
      isResumed: false,
      workspace: 'default',
    });
    expect(await session.call('agents.get', { agentId })).toMatchObject({ name: 'worker' });
  });
});
