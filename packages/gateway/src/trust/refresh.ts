import type { AgentRecord } from '@bonafide/core/models';
import { settleAlert } from '../alerts/answer.ts';
import { raiseAlert } from '../alerts/raise.ts';
import type { Transaction } from '../ledger.ts';
import type { StoredTrust } from '../stores/trust.ts';
import { settingsOf } from '../workspaces/settings.ts';
import { type ComputedTrust, computeTrust, isTroubled, PRIOR, valuesOf } from './compute.ts';
import { readFacts } from './facts.ts';
import { presentScore } from './present.ts';

/** A change of the score that is smaller is no news. */
const NOTABLE = 0.001;
/** Under this a low score is worse than a warning. */
const VERY_LOW = 0.5;

interface Refresh {
  readonly agentId: string;
  readonly reason: string;
}

/** Computes the trust in an agent from what is stored, keeps it, and tells when it changed or crossed the threshold. */
export function refreshTrust(tx: Transaction, { agentId, reason }: Refresh): void {
  const key = { workspace: tx.workspace, id: agentId };
  const agent = tx.tables.agents.get(key);
  if (!agent) return;
  const computed = computeTrust(readFacts(tx, { agent, nowMs: tx.nowMs }), tx.nowMs);
  const previous = tx.tables.trustScores.get(key);
  const alarm = alarmOf(tx, { agent, computed });
  if (!isSame(previous, computed) || previous?.alarm !== alarm) {
    const { workspace, now: computedAt } = tx;
    tx.tables.trustScores.put({ ...computed, workspace, agentId, alarm, computedAt });
  }
  recordChange(tx, { agentId, reason, computed });
  followAlarm(tx, { agent, computed, alarm, previousAlarm: previous?.alarm ?? 0 });
}

function isSame(
  previous: StoredTrust | undefined,
  { score, isProvisional, factors }: ComputedTrust,
): boolean {
  return (
    previous?.score === score &&
    previous.isProvisional === isProvisional &&
    JSON.stringify(previous.factors) === JSON.stringify(factors)
  );
}

// Not an audit entry: a score follows from entries that are there. Its history is kept, and an alert is audited.
function recordChange(
  tx: Transaction,
  { agentId, reason, computed }: Refresh & { readonly computed: ComputedTrust },
): void {
  const { workspace, now: computedAt } = tx;
  const { score, isProvisional, factors } = computed;
  // Against the last point and not the last score, or many small steps would go unseen.
  const before = tx.tables.trustHistory.getNewestScore({ workspace, id: agentId });
  const isNews = Math.abs(score - (before ?? PRIOR)) > NOTABLE;
  if (isNews || before === undefined) {
    const point = { workspace, agentId, score, reason, computedAt };
    tx.tables.trustHistory.append({ ...point, factors: valuesOf(factors) });
  }
  if (!isNews) return;
  const data = { agentId, score: presentScore(score), previousScore: presentScore(before ?? PRIOR) };
  tx.event({ type: 'trust.changed', subject: agentId, data: { ...data, isProvisional, reason } });
}

interface Judged {
  readonly agent: AgentRecord;
  readonly computed: ComputedTrust;
}

function alarmOf(tx: Transaction, { agent, computed }: Judged): StoredTrust['alarm'] {
  const { score, isProvisional, factors } = computed;
  // Of a revoked agent nobody needs to be warned; and who is merely new has done nothing wrong.
  if (agent.status === 'revoked' || (isProvisional && !isTroubled(factors))) return 0;
  if (score >= settingsOf(tx).trustAlertBelow) return 0;
  return score < VERY_LOW ? 2 : 1;
}

/** Only a crossing speaks: an alert that a person has closed is not raised again by a score that stays low. */
function followAlarm(
  tx: Transaction,
  {
    agent: { agentId, name, status },
    computed: { score },
    alarm,
    previousAlarm,
  }: Judged & { readonly alarm: StoredTrust['alarm']; readonly previousAlarm: StoredTrust['alarm'] },
): void {
  const about = { type: 'trust.low', subject: agentId } as const;
  if (alarm > previousAlarm) {
    const shown = presentScore(score);
    raiseAlert(tx, {
      ...about,
      agentId,
      severity: alarm === 2 ? 'high' : 'warning',
      title: `Trust in ${name} fell to ${shown}.`,
      data: { score: shown, threshold: settingsOf(tx).trustAlertBelow },
    });
  } else if (alarm === 0 && previousAlarm > 0) {
    const note = status === 'revoked' ? 'The agent was revoked.' : `Trust is ${presentScore(score)} again.`;
    settleAlert(tx, { ...about, note });
  }
}
