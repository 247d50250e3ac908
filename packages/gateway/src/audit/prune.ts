import { PRUNED_EVENT } from '@bonafide/core/audit';
import type { Services } from '../context.ts';
import { DAY_MS } from '../time.ts';
import { settingsOf } from '../workspaces/settings.ts';

/** How many entries lose their data in one commit, and how many such commits one sweep makes in a workspace. */
const BATCH = 500;
const BATCHES = 40;

/** Removes the data of entries older than a workspace keeps it. Their digests stay, so every proof does. */
export async function pruneAudit({
  store,
  ledger,
  now,
}: Pick<Services, 'store' | 'ledger' | 'now'>): Promise<void> {
  for (const workspace of store.read.audit.listWorkspaces()) {
    if (settingsOf({ tables: store.read, workspace }).auditRetentionDays === null) continue;
    for (let batch = 0; batch < BATCHES; batch++) {
      if (!(await pruneBatch(workspace, { ledger, now }))) break;
    }
  }
}

/** False when nothing is left to remove. The log itself says what was removed: a verifier accepts nothing else. */
function pruneBatch(workspace: string, { ledger, now }: Pick<Services, 'ledger' | 'now'>): Promise<boolean> {
  return ledger.commit({ workspace, actor: 'system' }, (tx) => {
    const { auditRetentionDays } = settingsOf(tx);
    if (auditRetentionDays === null) return false;
    const before = new Date(now() - auditRetentionDays * DAY_MS).toISOString();
    const pruned = tx.tables.audit.prune({ workspace, before, limit: BATCH });
    if (!pruned) return false;
    tx.audit({ event: PRUNED_EVENT, subject: workspace, data: { ...pruned, auditRetentionDays } });
    return pruned.count === BATCH;
  });
}
