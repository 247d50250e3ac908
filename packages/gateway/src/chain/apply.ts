import { hasEnded } from '@bonafide/core/models';
import { dueCallsOf } from '../keeper/due.ts';
import type { Transaction } from '../ledger.ts';
import type { StoredDispute, StoredJob } from '../stores/chain.ts';
import { type ChainLog, decodeLog, parseKeptLog } from './contract-log.ts';
import { applyArbitratorLog } from './folds/arbitrator.ts';
import { applyClockLog } from './folds/clock.ts';
import { applyDayLog, isNothing, noFigures, subtractFigures } from './folds/day.ts';
import { applyDisputeLog } from './folds/dispute.ts';
import { applyJobLog, type FoldFacts } from './folds/job.ts';
import { applyTemplateLog } from './folds/template.ts';
import { type Subject, subjectKey } from './subjects.ts';

/** Folds one more log into the read model of a thing that it is about. */
export function applyLog(tx: Transaction, subject: Subject, { log, chainId }: Applied): void {
  const { pauses, arbitrators, templates, jobs, disputes } = tx.tables;
  switch (subject.kind) {
    case 'clock': {
      const pause = applyClockLog(pauses.list(), log);
      if (pause) pauses.put(pause);
      return;
    }
    case 'arbitrator': {
      const arbitrator = applyArbitratorLog(arbitrators.get(subject.id), log);
      if (arbitrator) arbitrators.put(arbitrator);
      return;
    }
    case 'template': {
      const template = applyTemplateLog(templates.get(Number(subject.id)), log);
      if (template) templates.put(template);
      return;
    }
    case 'job': {
      const before = { job: jobs.get(subject.id), dispute: disputes.get(subject.id) };
      putJob(tx, foldJob(before, log, { chainId, pauses: pauses.list() }));
    }
  }
}

interface Applied {
  readonly log: ChainLog;
  readonly chainId: number;
}

/** Folds the logs of a thing that remain after some were undone, from the first on. */
export function rebuild(tx: Transaction, subject: Subject, chainId: number): void {
  const logs = listLogs(tx, subject);
  remove(tx, subject);
  if (subject.kind !== 'job') {
    for (const log of logs) applyLog(tx, subject, { log, chainId });
    return;
  }
  const facts = { chainId, pauses: tx.tables.pauses.list() };
  putJob(
    tx,
    logs.reduce<JobState>((state, log) => foldJob(state, log, facts), {}),
  );
}

/** The figures of the log's day with it. */
export function countLog({ tables }: Pick<Transaction, 'tables'>, day: string, log: ChainLog): void {
  const figures = applyDayLog(tables.days.get(day)?.figures, log);
  if (figures) tables.days.put({ day, figures });
}

/** Takes logs that were undone out of the figures of their days. */
export function uncountLogs(
  { tables }: Pick<Transaction, 'tables'>,
  logs: readonly { readonly day: string; readonly log: string }[],
): void {
  for (const { day, log: text } of logs) {
    const log = decodeLog(parseKeptLog(text));
    const counted = log && applyDayLog(noFigures, log);
    const figures = tables.days.get(day)?.figures;
    if (!counted || !figures) continue;
    const rest = subtractFigures(figures, counted);
    if (isNothing(rest)) tables.days.remove(day);
    else tables.days.put({ day, figures: rest });
  }
}

interface JobState {
  readonly job?: StoredJob | undefined;
  readonly dispute?: StoredDispute | undefined;
}

function foldJob(state: JobState, log: ChainLog, facts: FoldFacts): JobState {
  return {
    job: applyJobLog(state.job, log, facts),
    dispute: applyDisputeLog({ dispute: state.dispute, job: state.job }, log, facts),
  };
}

function putJob({ tables }: Transaction, { job, dispute }: JobState): void {
  if (!job) return;
  const { jobId, status } = job.job;
  tables.jobs.put(job, judgesOf({ job, dispute }));
  if (dispute) tables.disputes.put(dispute);
  tables.dueCalls.replaceOfJob(jobId, dueCallsOf(job.job, dispute?.dispute));
  if (hasEnded(job.job)) tables.consents.removeOfJob(jobId);
  if (job.feedback.length === 0) return;
  tables.chainFeedback.replaceOfJob(
    jobId,
    job.feedback.map((feedback, index) => ({
      feedback,
      position: job.position + index,
      isCompleted: status === 'completed',
    })),
  );
}

/** Everybody who judges the job or its dispute. */
export function judgesOf({ job, dispute }: JobState): string[] {
  const rules = job?.job.rules;
  const ruling = [dispute?.dispute.arbitrator, dispute?.dispute.ruling?.arbitrator];
  const named = [...(rules?.validators ?? []), ...(rules?.disputes?.revalidators ?? []), ...ruling];
  return [...new Set(named.filter((each) => each !== undefined))];
}

function remove({ tables }: Transaction, { kind, id }: Subject): void {
  if (kind === 'clock') tables.pauses.clear();
  if (kind === 'arbitrator') tables.arbitrators.remove(id);
  if (kind === 'template') tables.templates.remove(Number(id));
  if (kind !== 'job') return;
  tables.jobs.remove(id);
  tables.disputes.remove(id);
  tables.dueCalls.replaceOfJob(id, []);
  tables.chainFeedback.replaceOfJob(id, []);
}

function listLogs({ tables }: Transaction, subject: Subject): ChainLog[] {
  return tables.chainLogs.listOf(subjectKey(subject)).flatMap((text) => decodeLog(parseKeptLog(text)) ?? []);
}
