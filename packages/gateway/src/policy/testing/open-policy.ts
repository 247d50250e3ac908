import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PolicyTestCase } from '@bonafide/core/models';
import type { ActionPolicy, Rehearsed } from '../../actions/decide.ts';
import { openSqliteStore } from '../../stores/sqlite/open.ts';
import { createActionPolicy } from '../create-policy.ts';

export interface OpenPolicy extends AsyncDisposable {
  readonly policy: ActionPolicy;
  /** Decides for a made-up agent, by the defaults, the operator's policies and the text. */
  ask(asked: Partial<PolicyTestCase>, cedar?: string): Rehearsed;
}

/** The decision engine over a real store, without a server around it. */
export async function openPolicy(operatorPolicy = ''): Promise<OpenPolicy> {
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-policy-'));
  const store = openSqliteStore(join(folder, 'policy.db'));
  const policy = await createActionPolicy({
    ...{ operatorPolicy, approvalTtlMs: 1000, now: () => Date.UTC(2026, 0, 1) },
  });
  const reader = { tables: store.read, workspace: 'default' };
  return {
    policy,
    ask(asked, cedar = '') {
      const only = { name: 'case', action: 'reports.export', expect: 'approved' as const, ...asked };
      const [answer] = policy.rehearse(reader, { cases: [only], cedar });
      if (!answer) throw new Error('no answer');
      return answer;
    },
    async [Symbol.asyncDispose]() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
