import { type Address, encodeAbiParameters, type Hex, keccak256 } from 'viem';
import { divideBonds, payRevalidators, returnBonds } from './bonds.ts';
import { clock, isPaused } from './clock.ts';
import { disputableUntil, end, isPassing, shareOf, underTerms, type WithTerms } from './court.ts';
import { authorizationRules, move, pullRules, useAuthorization } from './money.ts';
import * as pool from './pool.ts';
import {
  type Account,
  type Agreement,
  type Broken,
  cases,
  type Dispute,
  type Job,
  jobOf,
  type Outcome,
  type State,
  setJob,
  unless,
} from './state.ts';

const minBond = 100_000n;
const margin = 600;
const maxAssignments = 3;
const stakeDivisor = 10n;
/** How many blocks back the chain knows a hash. */
const knownBlocks = 256;

export function bondOf(job: Job, { rules }: Agreement): bigint {
  const scaled = (job.budget * BigInt(rules.bondBps)) / 10_000n;
  return scaled > minBond ? scaled : minBond;
}

/** A bond, by allowance or by somebody's signature. */
export interface BondCall extends WithTerms {
  signer: Account | null;
  purpose: string;
}

const partyOf = (job: Job, isProvider: boolean): Account =>
  isProvider ? (job.provider ?? 'nobody') : job.client;

function bondRules(state: State, call: BondCall, bond: { by: Account; amount: bigint }): Broken {
  const { signer, purpose, caller } = call;
  const signed = signer ? authorizationRules(state, { from: bond.by, signer, purpose }) : {};
  return { ...pullRules(state, bond.by, bond.amount), ...signed, NotParty: !signer && caller !== bond.by };
}

function postBond(state: State, call: BondCall, bond: { by: Account; amount: bigint }): State {
  const used = call.signer ? useAuthorization(state, call.purpose) : state;
  return move(used, bond.by, 'disputes', bond.amount);
}

const setDispute = (state: State, job: Job, change: Partial<Dispute>): State =>
  setJob(state, job.id, { dispute: job.dispute && { ...job.dispute, ...change } });

export function open(state: State, call: BondCall & { byProvider: boolean }): Outcome {
  return underTerms(state, call, (job, agreement) => {
    const { phase, deadline, rules } = agreement;
    const percent = shareOf(agreement);
    const bond = { by: partyOf(job, call.byProvider), amount: bondOf(job, agreement) };
    const broken = {
      AlreadyDisputed: job.dispute !== null,
      InvalidStatus: job.status !== 'Submitted',
      WrongPhase: phase !== 'Failed' && phase !== 'Validating',
      NotDecided: phase !== 'Failed' && clock(state) < deadline,
      NotDisputable: rules.disputeWindow === 0 || percent === (call.byProvider ? 100 : 0),
      DisputeClosed: clock(state) >= disputableUntil(agreement),
      ...bondRules(state, call, bond),
    };
    return { broken, step: () => begin(postBond(state, call, bond), job, { ...call, bond, percent }) };
  });
}

interface Opening {
  byProvider: boolean;
  bond: { by: Account; amount: bigint };
  percent: number;
}

function begin(state: State, job: Job, { byProvider, bond, percent }: Opening): State {
  const { agreement } = job;
  if (!agreement) return state;
  const openedAt = clock(state);
  const hasTier = agreement.rules.revalidators.length > 0;
  const dispute: Dispute = {
    stage: 'Revalidation',
    opener: bond.by,
    openerIsProvider: byProvider,
    respondent: null,
    bond: bond.amount,
    deadline: openedAt + agreement.rules.validationWindow,
    percent,
    openedAt,
    escalatedAt: 0,
    anchorBlock: 0,
    entropy: null,
    assignments: [],
    scores: {},
    revalidated: false,
  };
  const disputed = setJob(state, job.id, { agreement: { ...agreement, phase: 'Disputed' }, dispute });
  return hasTier ? disputed : goToArbitration(disputed, { ...job, dispute }, agreement);
}

function goToArbitration(state: State, job: Job, { rules }: Agreement): State {
  const escalatedAt = clock(state);
  const deadline = escalatedAt + rules.evidenceWindow;
  return setDispute(state, job, { stage: 'Evidence', escalatedAt, deadline, anchorBlock: state.block });
}

type Disputing = (dispute: Dispute, job: Job, agreement: Agreement) => { broken: Broken; step: () => State };

function disputing(state: State, call: WithTerms, decideOn: Disputing): Outcome {
  if (!jobOf(state, call.jobId)?.dispute)
    return { refusals: cases({ NoDispute: true, KernelPaused: isPaused(state) }) };
  return underTerms(state, call, (job, agreement) => {
    if (!job.dispute) return { broken: { NoDispute: true }, step: () => state };
    return decideOn(job.dispute, job, agreement);
  });
}

const isOver = (state: State, dispute: Dispute): boolean => clock(state) >= dispute.deadline;

const takesEvidence = ({ stage }: Dispute): boolean => stage !== 'Ruling' && stage !== 'Closed';

export function answer(state: State, call: BondCall): Outcome {
  return disputing(state, call, (dispute, job) => {
    const bond = { by: partyOf(job, !dispute.openerIsProvider), amount: dispute.bond };
    const broken = {
      AlreadyAnswered: dispute.respondent !== null,
      WrongStage: !takesEvidence(dispute),
      StageOver: isOver(state, dispute),
      ...bondRules(state, call, bond),
    };
    return { broken, step: () => setDispute(postBond(state, call, bond), job, { respondent: bond.by }) };
  });
}

export function addEvidence(state: State, call: { caller: Account; jobId: number }): Outcome {
  return disputing(state, { ...call, forged: false }, (dispute, job) => ({
    broken: {
      WrongStage: !takesEvidence(dispute),
      StageOver: isOver(state, dispute),
      NotParty: call.caller !== job.client && call.caller !== job.provider,
    },
    step: () => state,
  }));
}

export function revalidate(state: State, call: WithTerms & { score: number }): Outcome {
  const { caller, score } = call;
  return disputing(state, call, (dispute, job, agreement) => ({
    broken: {
      WrongStage: dispute.stage !== 'Revalidation',
      StageOver: isOver(state, dispute),
      PercentTooHigh: score > 100,
      NotRevalidator: !agreement.rules.revalidators.includes(caller),
      AlreadyRevalidated: caller in dispute.scores,
    },
    step: () => recount(state, job, { ...dispute.scores, [caller]: score }),
  }));
}

function recount(state: State, job: Job, scores: Dispute['scores']): State {
  const voted = setDispute(state, job, { scores });
  const { rules } = job.agreement ?? {};
  if (!rules) return voted;
  const passes = Object.values(scores).filter((score) => isPassing(rules, score)).length;
  const fails = Object.keys(scores).length - passes;
  const passed = passes >= rules.requiredRepasses;
  if (!passed && fails + rules.requiredRepasses <= rules.revalidators.length) return voted;
  const deadline = clock(state) + rules.disputeWindow;
  const change = { scores, deadline, revalidated: true, percent: passed ? 100 : 0 };
  return setDispute(state, job, { ...change, stage: 'Appealable' });
}

const hasTime = (state: State, job: Job, seconds: number): boolean =>
  clock(state) + seconds + margin <= job.expiry;

const hasTimeForTier = (state: State, job: Job, { rules }: Agreement): boolean =>
  hasTime(state, job, rules.evidenceWindow + rules.rulingWindow);

export function escalate(state: State, call: WithTerms): Outcome {
  return disputing(state, call, (dispute, job, agreement) => {
    const { stage, percent, openerIsProvider, respondent } = dispute;
    const loserIsProvider = percent === 0;
    const appeal = stage === 'Appealable';
    const broken = {
      WrongStage: stage !== 'Appealable' && stage !== 'Revalidation',
      StageOver: appeal && isOver(state, dispute),
      StageRunning: !appeal && !isOver(state, dispute),
      NotLoser: appeal && call.caller !== partyOf(job, loserIsProvider),
      NotAnswered: appeal && loserIsProvider !== openerIsProvider && respondent === null,
      NoTimeForArbitrator: !hasTimeForTier(state, job, agreement),
    };
    return { broken, step: () => goToArbitration(state, job, agreement) };
  });
}

const isHashKnown = (state: State, { anchorBlock }: Dispute): boolean =>
  state.block > anchorBlock && state.block - anchorBlock <= knownBlocks;

function entropyOf(state: State, job: Job, { anchorBlock }: Dispute): bigint {
  const types = [{ type: 'bytes32' }, { type: 'uint256' }, { type: 'address' }, { type: 'uint256' }] as const;
  const { chainId, disputes, blockHashes } = state.chain;
  const hash: Hex = blockHashes[anchorBlock] ?? '0x';
  const address: Address = disputes;
  return BigInt(keccak256(encodeAbiParameters(types, [hash, BigInt(chainId), address, BigInt(job.id)])));
}

export function captureEntropy(state: State, jobId: number): Outcome {
  const job = jobOf(state, jobId);
  const dispute = job?.dispute;
  if (!job || !dispute) return { refusals: ['NoDispute'] };
  const broken = {
    WrongStage: dispute.stage !== 'Evidence',
    EntropyKnown: dispute.entropy !== null,
    EntropyUnavailable: !isHashKnown(state, dispute),
  };
  return unless(broken, () => setDispute(state, job, { entropy: entropyOf(state, job, dispute) }));
}

/** Neither a side nor whoever pays for it, nobody who has judged the work, nobody who missed a window. */
function nextArbitrator(state: State, job: Job, dispute: Dispute): Account | null {
  const { assignments, escalatedAt, opener, respondent } = dispute;
  const { rules } = job.agreement ?? {};
  if (assignments.length === maxAssignments || !rules) return null;
  return pool.draw(state, {
    entropy: dispute.entropy ?? entropyOf(state, job, dispute),
    assignment: assignments.length,
    escalatedAt,
    stake: job.budget / stakeDivisor,
    excluded: [
      ...[job.client, job.provider, opener, respondent],
      ...rules.validators,
      ...rules.revalidators,
      ...assignments,
    ],
  });
}

export function assignArbitrator(state: State, call: WithTerms): Outcome {
  return disputing(state, call, (dispute, job, { rules }) => {
    const { stage, entropy, assignments } = dispute;
    const arbitrates = stage === 'Evidence' || stage === 'Ruling';
    const known = entropy !== null || isHashKnown(state, dispute);
    const next = arbitrates && known ? nextArbitrator(state, job, dispute) : null;
    const broken = {
      WrongStage: !arbitrates,
      InvalidStatus: job.status !== 'Submitted',
      StageRunning: !isOver(state, dispute),
      NoTimeForArbitrator: !hasTime(state, job, rules.rulingWindow),
      EntropyUnavailable: !known,
      NoEligibleArbitrator: known && next === null,
    };
    const step = () => {
      const missed = stage === 'Ruling' ? slashCurrent(state, dispute) : state;
      const assigned = setDispute(missed, job, {
        stage: 'Ruling',
        deadline: clock(state) + rules.rulingWindow,
        entropy: entropy ?? entropyOf(state, job, dispute),
        assignments: [...assignments, next ?? 'nobody'],
      });
      return pool.begin(assigned, next ?? 'nobody');
    };
    return { broken, step };
  });
}

const currentOf = ({ assignments }: Dispute): Account => assignments.at(-1) ?? 'nobody';

const slashCurrent = (state: State, dispute: Dispute): State => pool.slash(state, currentOf(dispute));

export function rule(state: State, call: WithTerms & { percent: number }): Outcome {
  const { caller, percent } = call;
  return disputing(state, call, (dispute, job) => ({
    broken: {
      WrongStage: dispute.stage !== 'Ruling',
      StageOver: isOver(state, dispute),
      NotArbitrator: dispute.stage === 'Ruling' && caller !== currentOf(dispute),
      PercentTooHigh: percent > 100,
      InvalidStatus: job.status !== 'Submitted',
    },
    step: () => {
      const closed = close(pool.end(state, caller, 1), job, percent);
      return divideBonds(closed, job, { ...dispute, percent }, caller);
    },
  }));
}

function close(state: State, job: Job, percent: number): State {
  return end(setDispute(state, job, { stage: 'Closed', percent }), job, percent);
}

function canArbitrate(state: State, job: Job, agreement: Agreement): boolean {
  const { dispute } = job;
  if (!dispute) return false;
  if (dispute.stage === 'Revalidation') return hasTimeForTier(state, job, agreement);
  if (!hasTime(state, job, agreement.rules.rulingWindow)) return false;
  if (dispute.entropy === null) return isHashKnown(state, dispute);
  return nextArbitrator(state, job, dispute) !== null;
}

export function finalize(state: State, call: WithTerms): Outcome {
  return disputing(state, call, (dispute, job, agreement) => {
    const appealable = dispute.stage === 'Appealable';
    const broken = {
      WrongStage: dispute.stage === 'Closed',
      StageRunning: !isOver(state, dispute),
      ArbitratorStillPossible: !appealable && canArbitrate(state, job, agreement),
      InvalidStatus: job.status !== 'Submitted',
    };
    const step = () => {
      if (appealable) return payRevalidators(close(state, job, dispute.percent), agreement, dispute);
      const missed = dispute.stage === 'Ruling' ? slashCurrent(state, dispute) : state;
      return returnBonds(close(missed, job, agreement.rules.defaultPercent), dispute);
    };
    return { broken, step };
  });
}

export function releaseBonds(state: State, jobId: number): Outcome {
  const job = jobOf(state, jobId);
  const dispute = job?.dispute;
  if (!job || !dispute) return { refusals: ['NoDispute'] };
  const broken = {
    WrongStage: dispute.stage === 'Closed',
    JobNotEnded: ['Open', 'Funded', 'Submitted'].includes(job.status),
  };
  return unless(broken, () => {
    const free = dispute.stage === 'Ruling' ? pool.end(state, currentOf(dispute), 0) : state;
    return returnBonds(setDispute(free, job, { stage: 'Closed' }), dispute);
  });
}
