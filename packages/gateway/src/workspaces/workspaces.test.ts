import { describe, expect, it } from 'vitest';
import { type Body, startGateway } from '../testing/test-gateway.ts';
import { defaultSettings } from './settings.ts';

describe('settings of a workspace', () => {
  it('are the defaults until an owner changes some, and the log has before and after', async () => {
    await using gateway = await startGateway();
    const owner = { token: gateway.ownerToken };
    const get = async () => (await gateway.call(owner, 'workspaces.get')).body;
    expect(await get()).toMatchObject({ name: 'default', settings: defaultSettings });
    const update = (settings: Body) => gateway.call(owner, 'workspaces.update', { settings });
    const { body } = await update({ criticalApprovers: 2, redactedFields: ['iban'] });
    expect(body.settings).toEqual({ ...defaultSettings, criticalApprovers: 2, redactedFields: ['iban'] });
    await update({ auditRetentionDays: 30, criticalApprovers: 2 });
    await update({ auditRetentionDays: null });
    await update({ auditRetentionDays: null });
    expect((await get()).settings).toEqual(body.settings);
    const { body: log } = await gateway.call(owner, 'audit.list', { event: 'workspace.updated' });
    expect(log.items.map((entry: Body) => entry.data.changes)).toEqual([
      { criticalApprovers: { before: 1, after: 2 }, redactedFields: { before: [], after: ['iban'] } },
      { auditRetentionDays: { before: null, after: 30 } },
      { auditRetentionDays: { before: 30, after: null } },
    ]);
    await using again = await gateway.restart();
    expect((await again.call(owner, 'workspaces.get')).body.settings).toEqual(body.settings);
  });

  it('are refused when they make no sense, whole', async () => {
    await using gateway = await startGateway();
    const owner = { token: gateway.ownerToken };
    for (const settings of [
      { criticalApprovers: 3 },
      { trustAlertBelow: 2 },
      { criticalApprovers: 2, colour: 'red' },
      { minimumRisks: [{ action: 'a b', risk: 'high' }] },
    ]) {
      expect((await gateway.call(owner, 'workspaces.update', { settings })).status).toBe(400);
    }
    expect((await gateway.call(owner, 'workspaces.get')).body.settings).toEqual(defaultSettings);
  });
});
