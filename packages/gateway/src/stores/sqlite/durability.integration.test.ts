import { verifyAuditExport } from '@bonafide/core/audit';
import type { AuditReceipt } from '@bonafide/core/models';
import { describe, expect, it } from 'vitest';
import { openStream } from '../../testing/event-stream.ts';
import { useGatewayProcess } from '../../testing/gateway-process.ts';
import { newSigner, signed, toAnswer, toRequest } from '../../testing/test-gateway.ts';

const start = useGatewayProcess();

describe('kill -9 in the middle of a burst', () => {
  it('loses nothing that was answered and doubles nothing that is sent again', async () => {
    const { url, port, kill, ownerToken = '' } = await start();
    const signer = newSigner();
    const post = async (id: 'agents.register' | 'actions.verify', input: object, key: string) => {
      const request = toRequest(id, { input, headers: { 'idempotency-key': key } });
      return toAnswer(await fetch(url + request.path, await signed(url, { sender: { signer }, request })));
    };
    await post('agents.register', { name: 'alice' }, 'register');

    const acknowledged = new Map<string, string>();
    const receipts: AuditReceipt[] = [];
    const keys = Array.from({ length: 400 }, (_, index) => `key-${index}`);
    // 64 callers that each send the next one when the last was answered, so some are always under way.
    const waiting = keys.values();
    const burst = Array.from({ length: 64 }, async () => {
      for (const key of waiting) {
        const { status, body } = await post('actions.verify', { action: `burst.${key}` }, key);
        if (status !== 200) continue;
        acknowledged.set(key, body.actionId);
        receipts.push(body.receipt);
        if (acknowledged.size === 50) void kill('SIGKILL');
      }
    });
    await Promise.allSettled(burst);
    await kill('SIGKILL');
    expect(acknowledged.size).toBeGreaterThanOrEqual(50);
    expect(acknowledged.size).toBeLessThan(keys.length);

    await start(port);
    for (const key of keys) {
      const { status, body } = await post('actions.verify', { action: `burst.${key}` }, key);
      expect(status).toBe(200);
      const before = acknowledged.get(key);
      if (before !== undefined) expect(body.actionId).toBe(before);
    }
    const read = async (path: string) =>
      (await toAnswer(await fetch(url + path, { headers: { authorization: `Bearer ${ownerToken}` } }))).body;
    const names: string[] = [];
    const sequences: number[] = [];
    for (let cursor = ''; ; ) {
      const page = await read(`/v1/actions?limit=100${cursor}`);
      names.push(...page.items.map((item: { action: string }) => item.action));
      if (!page.nextCursor) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    for (let cursor = ''; ; ) {
      const page = await read(`/v1/audit?limit=100${cursor}`);
      sequences.push(...page.items.map((item: { sequence: number }) => item.sequence));
      if (!page.nextCursor) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(names.sort()).toEqual(keys.map((key) => `burst.${key}`).sort());
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));

    // What was answered before the kill is in the tree that goes on after it.
    const lines: string[] = [];
    await using stream = await openStream(
      { url },
      { sender: { token: ownerToken }, path: '/v1/audit/export' },
    );
    for (let frame = await stream.next(); frame && frame.event === undefined; frame = await stream.next())
      lines.push(JSON.stringify(frame.data));
    const { origin } = await read('/v1/audit/checkpoint');
    const gatewayDid = String(origin).split('/')[0];
    const verdict = await verifyAuditExport(lines, { gatewayDid, receipts });
    expect(verdict).toMatchObject({ isValid: true, size: sequences.length, findings: [] });
    expect(receipts.length).toBe(acknowledged.size);
  });

  it('stops cleanly on SIGTERM, and says its token only at the first start', async () => {
    const { port, kill } = await start();
    expect(await kill('SIGTERM')).toBe(0);
    const again = await start(port);
    expect(again.ownerToken).toBeUndefined();
  });
});
