import { expect, it } from 'vitest';
import type { Reader } from '../stores/store.ts';
import { createAttempt, type Trouble } from './attempt.ts';
import { createEngine } from './engine.ts';
import type { Situation } from './situation.ts';

const deep = `forbid (principal, action, resource) when { ${'('.repeat(5000)}true${')'.repeat(5000)} };`;
const situation = {
  ...{
    agentId: 'a',
    agentName: 'a',
    agentType: 'ai_agent',
    trust: 1,
    capabilities: [],
    hasCapability: false,
  },
  ...{ action: 'reports.read', target: undefined, mcpServer: undefined, parameters: {} },
  ...{ agentStatus: 'active', minimum: { risk: 'low', from: '', isRated: true }, requestedRisk: 'low' },
  ...{ capabilityId: undefined, driftedServer: undefined, formerKey: undefined },
} satisfies Situation;

it('policies that end the engine are left alone for a while, and then asked again', () => {
  const troubles: Trouble[] = [];
  let [time, text] = [0, deep];
  const onTrouble = (trouble: Trouble) => troubles.push(trouble);
  const engine = createEngine({
    operatorPolicy: '',
    onEnd: (error) => onTrouble({ kind: 'engine.ended', error }),
  });
  const attempt = createAttempt({ engine, now: () => time, onTrouble });
  const tables = { policies: { get: () => ({ cedar: text }) } } as unknown as Reader['tables'];
  const ask = (revision?: string) => {
    const head = revision === undefined ? undefined : { revision, version: 3, mode: 'enforce' as const };
    return attempt({ reader: { tables, workspace: 'w' }, head, situation }, (rated) =>
      rated({ risk: 'low', approved: false }),
    );
  };
  expect([ask('r'), ask('r')]).toEqual([undefined, undefined]);
  expect(ask()).toMatchObject({ isPermitted: true });
  expect(troubles.map(({ kind }) => kind)).toEqual(['engine.ended', 'engine.ended', 'policy.failing']);
  expect(troubles.at(-1)).toMatchObject({ workspace: 'w', version: 3, mode: 'enforce' });
  text = '';
  time = 9_999;
  expect(ask('r')).toBeUndefined();
  time = 10_000;
  expect(ask('r')).toMatchObject({ isPermitted: true });
});

it('an error of the database is no answer', () => {
  const engine = createEngine({ operatorPolicy: '', onEnd: () => {} });
  const attempt = createAttempt({ engine, now: () => 0, onTrouble: () => {} });
  const broken = () => {
    throw new Error('SQLITE_IOERR');
  };
  const tables = { policies: { get: broken } } as unknown as Reader['tables'];
  const head = { revision: 'r', version: 1, mode: 'enforce' as const };
  expect(() => attempt({ reader: { tables, workspace: 'w' }, head, situation }, () => true)).toThrow(
    'SQLITE_IOERR',
  );
});
