import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openStream } from '../testing/event-stream.ts';
import { signed, startGateway } from '../testing/test-gateway.ts';

describe('a stream', () => {
  it('lets go of a reader that takes nothing, while others are served', async () => {
    await using gateway = await startGateway({ heartbeatMs: 20 });
    const agent = await gateway.register('alice');
    const path = '/v1/events?cursor=0';
    const { headers } = await signed(gateway.url, { sender: agent, request: { method: 'GET', path } });
    const { hostname, port, host } = new URL(gateway.url);
    const stalled = connect(Number(port), hostname);
    const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`);
    stalled.pause();
    stalled.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    let isGone = false;
    stalled.once('close', () => {
      isGone = true;
    });
    // The log says when the stream was given up; until then the buffers between both ends have to be filled.
    const fill = { action: 'a.b', outcome: 'failed', error: 'e'.repeat(2000) };
    while (!gateway.lines.some((line) => line.includes('stalled'))) {
      await Promise.all(Array.from({ length: 50 }, () => gateway.call(agent, 'actions.log', fill)));
    }
    await using other = await openStream(gateway, { sender: agent, path });
    expect((await other.next())?.data.type).toBe('agent.registered');
    stalled.resume();
    await expect.poll(() => isGone).toBe(true);
  });
});
