import { type Abi, decodeFunctionResult, numberToHex } from 'viem';
import { pausedSeconds } from '../model/clock.ts';
import { balanceOf, creditOf } from '../model/money.ts';
import { arbitratorOf } from '../model/pool.ts';
import type { Account, Agreement, Dispute, Job, Payer, State } from '../model/state.ts';
import { addressOf, arbitrators, nameOf, people } from './accounts.ts';
import type { Chain } from './anvil.ts';
import { type ContractName, contracts, encode } from './encoded.ts';

/** One view of a contract, and what the model says it shows. */
interface Expectation {
  contract: ContractName;
  view: string;
  args: readonly unknown[];
  shows: unknown;
}

const statuses = ['Open', 'Funded', 'Submitted', 'Completed', 'Rejected', 'Expired'];
const phases = ['None', 'Proposed', 'Accepted', 'Validating', 'Failed', 'Disputed', 'Settled'];
const stages = ['None', 'Revalidation', 'Appealable', 'Evidence', 'Ruling', 'Closed'];
const payers: readonly Payer[] = ['kernel', 'court', 'disputes'];
const vaults = ['kernel', 'court', 'disputes', 'pool', 'treasury'] as const;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function bitsOf(members: readonly Account[], scores: Readonly<Record<Account, number>>): number {
  return sum(members.map((member, index) => (member in scores ? 1 << index : 0)));
}

const countPasses = (scores: Readonly<Record<Account, number>>, threshold: number): number =>
  Object.values(scores).filter((score) => score >= threshold).length;

function jobView(state: State, job: Job) {
  return {
    client: addressOf(job.client),
    expiredAt: job.expiry + pausedSeconds(state),
    status: statuses.indexOf(job.status),
    feeBps: Number(job.feeBps),
    templateFeeBps: Number(job.templateFeeBps),
    provider: addressOf(job.provider),
    budget: job.budget,
    evaluator: addressOf(job.evaluator),
    templateId: job.templateId,
    evaluatorFee: job.evaluatorFee,
  };
}

function agreementView(agreement: Agreement | null) {
  if (!agreement) return { submitBy: 0, phase: 0, voted: 0 };
  const { rules, scores, submitBy, deadline, phase } = agreement;
  const passes = countPasses(scores, rules.threshold);
  const fails = Object.keys(scores).length - passes;
  const scoreSum = sum(Object.values(scores));
  const voted = bitsOf(rules.validators, scores);
  return { submitBy, deadline, phase: phases.indexOf(phase), voted, scoreSum, passes, fails };
}

function disputeView(dispute: Dispute | null, { agreement }: Job) {
  if (!dispute || !agreement) return { stage: 0, bond: 0n };
  const { stage, opener, respondent, assignments, entropy, scores } = dispute;
  return {
    stage: stages.indexOf(stage),
    opener: addressOf(opener),
    openerIsProvider: dispute.openerIsProvider,
    answered: respondent !== null,
    respondent: addressOf(respondent),
    bond: dispute.bond,
    deadline: dispute.deadline,
    percent: dispute.percent,
    openedAt: dispute.openedAt,
    escalatedAt: dispute.escalatedAt,
    anchorBlock: BigInt(dispute.anchorBlock),
    assignments: assignments.length,
    arbitrator: addressOf(assignments.at(-1) ?? null),
    entropy: numberToHex(entropy ?? 0n, { size: 32 }),
    voted: bitsOf(agreement.rules.revalidators, scores),
    revalidated: dispute.revalidated,
  };
}

/** All that the contracts show of a job. */
export function jobExpectations(state: State, job: Job): Expectation[] {
  const args = [BigInt(job.id)];
  return [
    { contract: 'kernel', view: 'getJob', args, shows: jobView(state, job) },
    { contract: 'court', view: 'getAgreement', args, shows: agreementView(job.agreement) },
    { contract: 'disputes', view: 'getDispute', args, shows: disputeView(job.dispute, job) },
  ];
}

function balanceExpectations(state: State, accounts: readonly Account[]): Expectation[] {
  return accounts.map((account) => ({
    contract: 'usdc',
    view: 'balanceOf',
    args: [addressOf(account)],
    shows: balanceOf(state, account),
  }));
}

function creditExpectations(state: State): Expectation[] {
  const each = (payer: Payer, account: Account): Expectation => ({
    contract: payer,
    view: 'withdrawable',
    args: [addressOf(account)],
    shows: creditOf(state, payer, account),
  });
  return payers.flatMap((payer) => [...people, 'treasury'].map((account) => each(payer, account)));
}

function arbitratorExpectation(state: State, account: Account): Expectation {
  const { stake, noticeAt, open, ruled, missed } = arbitratorOf(state, account);
  const shows = { stake, noticeAt: noticeAt ?? 0, open, ruled, missed };
  return { contract: 'pool', view: 'getArbitrator', args: [addressOf(account)], shows };
}

/** Everything that the model knows. */
export function allExpectations(state: State): Expectation[] {
  const { reserve, fund, total } = state.treasury;
  const shown = (contract: ContractName, view: string, shows: unknown): Expectation => ({
    contract,
    view,
    args: [],
    shows,
  });
  return [
    ...balanceExpectations(state, [...people, ...vaults, 'owner']),
    ...creditExpectations(state),
    ...state.jobs.flatMap((job) => jobExpectations(state, job)),
    ...arbitrators.map((account) => arbitratorExpectation(state, account)),
    shown('treasury', 'reserve', reserve),
    shown('treasury', 'arbitrationFund', fund),
    shown('treasury', 'totalReceived', total),
    shown('kernel', 'jobCount', BigInt(state.jobs.length)),
    shown('kernel', 'pausedSeconds', pausedSeconds(state)),
    shown('pool', 'seatCount', BigInt(state.pool.seats.length)),
  ];
}

const plain = (value: unknown): string =>
  JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}` : each));

/** Only the fields that the model knows. */
function restrict(shown: unknown, expected: unknown): unknown {
  if (typeof expected !== 'object' || expected === null) return shown;
  const fields = shown as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.keys(expected).map((key) => [key, fields[key]]));
}

/** Where contracts and model differ; the names of accounts stand for their addresses. */
export async function differences(
  chain: Chain,
  state: State,
  expectations: readonly Expectation[],
): Promise<string[]> {
  if (expectations.length === 0) return [];
  const calls = expectations.map(({ contract, view, args }) => ({
    to: contracts[contract].address,
    data: encode(contract, view, args).data,
  }));
  const answers = await chain.read(calls, state);
  return expectations.flatMap(({ contract, view, args, shows }, index) => {
    const abi: Abi = contracts[contract].abi;
    const decoded = decodeFunctionResult({ abi, functionName: view, data: answers[index] ?? '0x' });
    const [actual, expected] = [plain(restrict(decoded, shows)), plain(shows)];
    if (actual === expected) return [];
    return [named(`${contract}.${view}(${args.join()}) is ${actual}, and ${expected} in the model`)];
  });
}

const named = (text: string): string =>
  text.replaceAll(/0x[0-9a-fA-F]{40}\b/g, (address) => nameOf(address as `0x${string}`));
