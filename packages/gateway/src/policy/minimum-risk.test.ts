import type { Risk } from '@bonafide/core/models';
import { operationList } from '@bonafide/core/operations';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { higherRisk, minimumRisk, ratedRisk, wordsOf } from './minimum-risk.ts';

const risks = ['low', 'medium', 'high', 'critical'] as const satisfies readonly Risk[];

describe('minimumRisk', () => {
  it.each([
    ['get_weather', 'low'],
    ['reports.export', 'low'],
    ['delete_user', 'high'],
    ['deleteUser', 'high'],
    ['db.delete_user', 'high'],
    ['DB.DELETE_USER', 'high'],
    ['HTTPDeleteUser', 'high'],
    ['deleteuser', 'high'],
    ['users.dElEtE', 'high'],
    ['eXEc/v2', 'high'],
    ['WiPe-EveryThing', 'critical'],
    ['users/drop', 'high'],
    ['bank.pay', 'high'],
    ['transferFunds', 'high'],
    ['sendPayment', 'high'],
    ['send_money_2', 'high'],
    ['executeCommand', 'high'],
    ['k8s.deploy', 'high'],
    ['roles.grant', 'high'],
    ['delete_all_users', 'critical'],
    ['DELETE_ALL', 'critical'],
    ['deleteall', 'critical'],
    ['dropDatabase', 'critical'],
    ['wipe-everything', 'critical'],
    ['payload.read', 'low'],
    ['transfers.list', 'low'],
    ['list_deleted_users', 'low'],
    ['dropdown.render', 'low'],
  ] as const)('of %s is %s', (action, risk) => {
    expect(minimumRisk(action, []).risk).toBe(risk);
  });

  it('of an operation is what its definition says, in any spelling', () => {
    for (const { id, risk } of operationList) {
      const expected = risk === 'none' ? 'low' : risk;
      expect(minimumRisk(id, []).risk).toBe(expected);
      expect(minimumRisk(id.toUpperCase(), [])).toMatchObject({ risk: expected, isRated: true });
    }
  });

  it('is raised by the workspace, never lowered, and the highest rule counts', () => {
    const rules = [
      { action: 'CRM.*', risk: 'medium' },
      { action: '*.export', risk: 'high' },
      { action: 'crm.delete*', risk: 'low' },
    ] as const;
    expect(minimumRisk('crm.read', [...rules])).toMatchObject({
      risk: 'medium',
      from: expect.stringContaining('CRM.*'),
    });
    expect(minimumRisk('crm.export', [...rules]).risk).toBe('high');
    expect(minimumRisk('crm.delete_contact', [...rules]).risk).toBe('high');
  });

  it('says where it comes from', () => {
    expect(minimumRisk('delete_all_users', []).from).toContain("'delete' and 'all'");
    expect(minimumRisk('jobs.fund', []).from).toBe('definition of the operation');
  });

  it('counts a name nobody knows as medium, unless the caller says otherwise', () => {
    const minimum = minimumRisk('get_weather', []);
    expect([ratedRisk(minimum, undefined), ratedRisk(minimum, 'low')]).toEqual(['medium', 'low']);
  });
});

describe('ratedRisk', () => {
  it('is never under the minimum nor under what the caller said', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...risks), (action, requested) => {
        const minimum = minimumRisk(action, []);
        const rated = ratedRisk(minimum, requested);
        expect(higherRisk(rated, minimum.risk)).toBe(rated);
        expect(higherRisk(rated, requested)).toBe(rated);
      }),
    );
  });
});

describe('wordsOf', () => {
  it('splits as people write names', () => {
    expect(wordsOf('db.deleteUser_byID/v2-HTTPServer')).toEqual([
      'db',
      'delete',
      'user',
      'by',
      'id',
      'v',
      'http',
      'server',
    ]);
    expect(wordsOf('ｄｅｌｅｔｅ_user')).toEqual(['delete', 'user']);
  });
});
