import { type Dispute, type DisputeStage, formatUsdc } from '@bonafide/core/models';
import { isAddressEqual } from 'viem';
import type { StoredDispute, StoredJob } from '../../stores/chain.ts';
import type { ChainLog, EventNamed } from '../contract-log.ts';
import { deadline, type FoldFacts, resolutionOf, scoreOf } from './job.ts';
import { clip, positionOf } from './place.ts';

/** Pieces of evidence that are shown; a party can pay for more, which are in the history. */
const MAX_EVIDENCE = 64;

const stages: readonly (DisputeStage | undefined)[] = [
  undefined,
  'revalidation',
  'appealable',
  'evidence',
  'ruling',
  'closed',
];

interface Disputed {
  readonly dispute: StoredDispute | undefined;
  /** The job before this log. */
  readonly job: StoredJob | undefined;
}

/** The dispute of a job after one more log of the job. */
export function applyDisputeLog(
  { dispute: stored, job }: Disputed,
  log: ChainLog,
  facts: FoldFacts,
): StoredDispute | undefined {
  const base = log.eventName === 'DisputeOpened' && job ? opened(job, log, facts) : stored;
  if (base === undefined) return undefined;
  const patch = tierOf(base.dispute, log, facts) ?? handedIn(base.dispute, log) ?? endOf(log);
  if (patch === undefined && base === stored) return stored;
  const { blockNumber, transactionHash, time } = log;
  const place = { blockNumber: String(blockNumber), transactionHash, updatedAt: time };
  return { ...base, dispute: withoutAbsent({ ...base.dispute, ...patch, ...place }) };
}

/** A patch takes a field away by setting it to undefined. */
type Patch = { readonly [Field in keyof Dispute]?: Dispute[Field] | undefined };

function withoutAbsent(dispute: Patch): Dispute {
  return Object.fromEntries(Object.entries(dispute).filter(([, value]) => value !== undefined)) as Dispute;
}

function opened(
  { job }: StoredJob,
  log: ChainLog & EventNamed<'DisputeOpened'>,
  facts: FoldFacts,
): StoredDispute {
  const { opener, stage, bond, percent, deadline: until } = log.args;
  const { blockNumber, transactionHash, time } = log;
  return {
    dispute: {
      jobId: job.jobId,
      stage: stages[stage] ?? 'evidence',
      opener,
      openedBy: isAddressEqual(opener, job.client as `0x${string}`) ? 'client' : 'provider',
      percent,
      bondUsdc: formatUsdc(bond),
      isAnswered: false,
      deadline: deadline(until, log, facts),
      isSeeded: false,
      assignments: 0,
      evidence: [],
      revalidations: [],
      blockNumber: String(blockNumber),
      transactionHash,
      openedAt: time,
      updatedAt: time,
    },
    position: positionOf(log),
    client: job.client,
    provider: job.provider,
  };
}

/** From one tier to the next. */
function tierOf(dispute: Dispute, log: ChainLog, facts: FoldFacts): Patch | undefined {
  switch (log.eventName) {
    case 'RevalidationDecided': {
      const { percent, appealBy } = log.args;
      return { stage: 'appealable', percent, deadline: deadline(appealBy, log, facts) };
    }
    case 'DisputeEscalated': {
      const { evidenceUntil, anchorBlock } = log.args;
      const until = deadline(evidenceUntil, log, facts);
      return { stage: 'evidence', deadline: until, seedBlock: String(anchorBlock) };
    }
    case 'EntropyCaptured':
      return { isSeeded: true };
    case 'ArbitratorAssigned': {
      const { arbitrator, assignment, ruleBy } = log.args;
      const until = deadline(ruleBy, log, facts);
      const assignments = Math.max(dispute.assignments + 1, assignment);
      return { stage: 'ruling', arbitrator, assignments, deadline: until };
    }
    case 'ArbitratorMissed':
      return { arbitrator: undefined };
    case 'DisputeClosed': {
      const { resolution, percent } = log.args;
      return { stage: 'closed', resolution: resolutionOf(resolution), percent, deadline: undefined };
    }
    default:
      return undefined;
  }
}

/** What parties and judges add to it. */
function handedIn(dispute: Dispute, log: ChainLog): Patch | undefined {
  switch (log.eventName) {
    case 'DisputeAnswered':
      return { isAnswered: true };
    case 'EvidenceAdded': {
      const { party, evidenceHash, evidenceURI } = log.args;
      const evidence = { party, evidenceHash, evidenceUri: clip(evidenceURI), at: log.time };
      return { evidence: [...dispute.evidence, evidence].slice(-MAX_EVIDENCE) };
    }
    case 'Revalidated':
      return { revalidations: [...dispute.revalidations, scoreOf(log.args.revalidator, log)] };
    case 'Ruled': {
      const { arbitrator, percent, rationaleHash, rationaleURI } = log.args;
      const ruling = { arbitrator, percent, rationaleHash, rationaleUri: clip(rationaleURI), at: log.time };
      return { ruling, percent };
    }
    default:
      return undefined;
  }
}

/** The job ended without it: the dispute keeps its stage until its bonds are released. */
function endOf(log: ChainLog): Patch | undefined {
  if (log.eventName === 'BondsReleased') return { stage: 'closed', deadline: undefined };
  if (log.eventName === 'JobCancelled') return { resolution: 'cancelled' };
  return log.eventName === 'JobExpired' ? { resolution: 'expired' } : undefined;
}
