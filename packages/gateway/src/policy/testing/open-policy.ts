import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PolicyTestCase } from '@bonafide/core/models';
import type { ActionPolicy, Rehearsed } from '../../actions/decide.ts';
import { openSqliteStore } from '../../stores/sqlite/open.ts';
import { createActionPolicy } from '../create-policy.ts';

type Asked = Partial<PolicyTestCase>;

export interface OpenPolicy extends AsyncDisposable {
  readonly policy: ActionPolicy;
  /** Decides for a made-up agent, by the defaults, the operator's policies and the text. */
  ask(asked: Asked, cedar?: string): Rehearsed;
  /** Several questions, by one reading of the text. */
  askAll(asked: readonly Asked[], cedar: string): readonly Rehearsed[];
}

/** The decision engine over a real store, without a server around it. */
export async function openPolicy(operatorPolicy = ''): Promise<OpenPolicy> {
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-policy-'));
  const store = openSqliteStore(join(folder, 'policy.db'));
  const policy = await createActionPolicy({
    ...{ operatorPolicy, approvalTtlMs: 1000, now: () => Date.UTC(2026, 0, 1) },
  });
  const reader = { tables: store.read, workspace: 'default' };
  const askAll: OpenPolicy['askAll'] = (asked, cedar) => {
    const defaults = { name: 'case', action: 'reports.export', expect: 'approved' as const };
    return policy.rehearse(reader, { cases: asked.map((each) => ({ ...defaults, ...each })), cedar });
  };
  return {
    policy,
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
