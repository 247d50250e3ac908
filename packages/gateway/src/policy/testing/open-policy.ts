import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PolicyTestCase } from '@bonafide/core/models';
import { openSqliteStore } from '../../stores/sqlite/open.ts';
import { createEngine } from '../engine.ts';
import { evaluate } from '../evaluate.ts';
import { type Judgement, judge } from '../judge.ts';
import { rehearsedSituation } from '../rehearsed-situation.ts';
import { situationOf } from '../situation.ts';

type Asked = Partial<PolicyTestCase>;

export interface OpenPolicy extends AsyncDisposable {
  /** Decides for a made-up agent, by the defaults, the operator's policies and the text. */
  ask(asked: Asked, cedar?: string): Judgement;
  /** Several questions, by one reading of the text. */
  askAll(asked: readonly Asked[], cedar: string): readonly Judgement[];
}

/** The decision engine over a real store, without a server or a thread around it. */
export async function openPolicy(operatorPolicy = ''): Promise<OpenPolicy> {
  const engine = createEngine({ operatorPolicy, onEnd: () => {} });
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-policy-'));
  const store = openSqliteStore(join(folder, 'policy.db'));
  const reader = { tables: store.read, workspace: 'default' };
  const defaults = { name: 'case', action: 'reports.export', expect: 'approved' as const };
  const situationNow: Parameters<typeof rehearsedSituation>[2] = (known, question) =>
    situationOf(known, question, '2026-01-01T00:00:00.000Z');
  const askAll: OpenPolicy['askAll'] = (asked, text) =>
    engine.ask(({ cedar, sets }) => {
      const set = sets.ofCandidate(text);
      return asked.map((each) => {
        const situation = rehearsedSituation(reader, { ...defaults, ...each }, situationNow);
        return judge(situation, (rating) => evaluate(cedar, { set, asked: { ...situation, ...rating } }));
      });
    });
  return {
    askAll,
    ask(asked, cedar = '') {
      const [answer] = askAll([asked], cedar);
      if (!answer) throw new Error('no answer');
      return answer;
    },
    async [Symbol.asyncDispose]() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
