import type { ComplianceReport, ControlEvidence } from '@bonafide/core/models';
import type { Reader } from '../stores/store.ts';
import { readAlertEvidence } from './alert-evidence.ts';
import { ALERT_MAX_DAYS, type EvidenceSet, KEY_MAX_DAYS, SERIOUS_ALERT_MAX_HOURS } from './checks.ts';
import { findingOf } from './evidence.ts';
import { readKeyEvidence } from './key-evidence.ts';
import type { History, Scope } from './read-history.ts';
import { readRetentionEvidence } from './retention-evidence.ts';
import type { LogVerdict } from './verify-log.ts';

type Exceptions = Pick<ComplianceReport, 'exceptions' | 'exceptionCount'>;

interface Sources {
  readonly history: History;
  readonly integrity: LogVerdict;
  readonly scope: Scope;
}

/** The answers of the log together with those of the workspace's state, and all that speaks against a control. */
export async function gatherEvidence(
  reader: Reader,
  { history, integrity, scope }: Sources,
): Promise<Exceptions & { evidence: EvidenceSet }> {
  const { period, agentId, nowMs, signal } = scope;
  const time = new Date(Math.min(Date.parse(period.to), nowMs)).toISOString();
  const exceptions = [...history.evidence.exceptions];
  let exceptionCount = history.evidence.exceptionCount();
  const except = (line: ComplianceReport['exceptions'][number]) => {
    exceptionCount += 1;
    exceptions.push(line);
  };
  const keys = await readKeyEvidence(reader, {
    ...{ time, agentId, signal },
    onOldKey: ({ agentId: subject, ...entry }) =>
      except({ ...entry, subject, reason: `The key was in use for more than ${KEY_MAX_DAYS} days.` }),
  });
  const alerts = await readAlertEvidence(reader, {
    ...{ period, nowMs, agentId, signal },
    sequenceOf: (alertId) => history.alertSequences.get(alertId),
    onWaiting({ alertId, createdAt }) {
      const sequence = history.alertSequences.get(alertId);
      const reason = `Nobody acknowledged or resolved it within ${SERIOUS_ALERT_MAX_HOURS} hours, or ${ALERT_MAX_DAYS} days when it is not serious.`;
      const entry = { at: createdAt, event: 'alert.raised', subject: alertId };
      if (sequence !== undefined) except({ sequence, ...entry, reason });
    },
  });
  const log = history.evidence.evidence();
  const evidence: EvidenceSet = {
    ...{ ...log, ...keys, ...alerts, ...readRetentionEvidence(reader, nowMs) },
    ...{ unansweredMajority: majorityOf(log), ...integrityEvidence(history, integrity) },
  };
  exceptions.sort((a, b) => a.sequence - b.sequence);
  return { evidence, exceptions, exceptionCount };
}

function majorityOf(log: Record<'answers' | 'expiredQuestions', ControlEvidence>): ControlEvidence {
  const { answers, expiredQuestions } = log;
  const query = 'Questions that nobody answered in time, when they are more than those answered';
  return expiredQuestions.count > answers.count ? { ...expiredQuestions, query } : findingOf(query, []);
}

function integrityEvidence(
  { scope: { entries, firstSequence, lastSequence } }: History,
  { isVerified }: LogVerdict,
): Record<'logVerified' | 'logUnverified', ControlEvidence> {
  const ends = [firstSequence, lastSequence].flatMap((sequence) =>
    sequence === undefined ? [] : [sequence],
  );
  const finding = (query: string, holds: boolean) =>
    entries > 0 && holds ? { query, count: entries, sequences: [...new Set(ends)] } : findingOf(query, []);
  return {
    logVerified: finding('Entries hashed again that give the root of the signed checkpoint', isVerified),
    logUnverified: finding(
      'Entries hashed again that do not give the root of the signed checkpoint',
      !isVerified,
    ),
  };
}
