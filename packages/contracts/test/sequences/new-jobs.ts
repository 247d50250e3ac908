import { clients, people, providers, revalidators, validators } from '../chain/accounts.ts';
import type { Action } from '../model/actions.ts';
import { tailOf } from '../model/sound-terms.ts';
import type { Account, NewJob, Proposal, Rules, State } from '../model/state.ts';
import type { Dice } from './dice.ts';

const budgets = [1n, 3n, 99n, 1_000_001n, 77_777_777n, 500_000_000n, 4_000_000_000n];
const fees = [0n, 1n, 333_333n];
const percents = [0, 1, 33, 50, 99, 100];

function panel<T>(dice: Dice, members: readonly T[]): T[] {
  const count = 1 + dice.below(members.length);
  const start = dice.below(members.length);
  return Array.from({ length: count }, (_, index) => members[(start + index) % members.length] as T);
}

export function rulesBy(dice: Dice): Rules {
  const judges = panel(dice, validators);
  const second = dice.oneIn(3) ? [] : panel(dice, revalidators);
  const rules: Rules = {
    validators: judges,
    requiredPasses: dice.oneIn(2) ? judges.length : 1,
    threshold: dice.pick([0, 70, 70, 100]),
    validatorFee: dice.pick(fees),
    validationWindow: dice.pick([60, 3_600, 7_200]),
    silencePercent: dice.pick(percents),
    disputeWindow: dice.pick([600, 3_600, 7_200]),
    revalidators: second,
    requiredRepasses: second.length === 0 ? 0 : 1 + dice.below(second.length),
    bondBps: dice.pick([100, 1_234, 5_000]),
    evidenceWindow: dice.pick([600, 3_600]),
    rulingWindow: dice.pick([3_600, 7_201]),
    defaultPercent: dice.pick(percents),
  };
  if (!dice.oneIn(6)) return rules;
  return {
    ...rules,
    ...{ disputeWindow: 0, revalidators: [], requiredRepasses: 0, bondBps: 0 },
    ...{ evidenceWindow: 0, rulingWindow: 0, defaultPercent: 0 },
  };
}

/** Rules that nobody may be asked to sign, most of the time. */
function brokenRules(dice: Dice, rules: Rules): Rules {
  const changes: readonly Partial<Rules>[] = [
    { validators: [] },
    { validators: [...rules.validators, 'client1'] },
    { validators: [...rules.validators, rules.validators[0] ?? 'outsider'] },
    { requiredPasses: 0 },
    { requiredPasses: rules.validators.length + 1 },
    { threshold: 101 },
    { silencePercent: 101 },
    { defaultPercent: 101 },
    { validationWindow: 59 },
    { validationWindow: 30 * 86_400 + 1 },
    { disputeWindow: 599 },
    { evidenceWindow: 599 },
    { rulingWindow: 3_599 },
    { bondBps: 99 },
    { bondBps: 5_001 },
    { requiredRepasses: 3 },
    { revalidators: [...rules.revalidators, rules.validators[0] ?? 'outsider'] },
    { revalidators: ['provider1', 'provider2'], requiredRepasses: 1 },
  ];
  return { ...rules, ...dice.pick(changes) };
}

function templateRules(state: State, templateId: number): Rules | undefined {
  return state.templates[templateId - 1]?.rules;
}

function milestoneOf(state: State, dice: Dice, parties: { client: Account; provider: Account }): number {
  if (!dice.oneIn(4)) return 0;
  const earlier = state.jobs.filter(
    ({ client, provider }) => client === parties.client && provider === parties.provider,
  );
  const previous = earlier.at(-1 - dice.below(2))?.id ?? 0;
  return dice.oneIn(8) ? state.jobs.length + 1 : previous;
}

function underTerms(state: State, dice: Dice, client: Account): NewJob {
  const provider = dice.oneIn(30) ? client : dice.pick(providers);
  const templateId = dice.oneIn(5) ? 1 + dice.below(state.templates.length + 1) : 0;
  const sound = (dice.oneIn(10) ? undefined : templateRules(state, templateId)) ?? rulesBy(dice);
  const rules = dice.oneIn(12) ? brokenRules(dice, sound) : sound;
  const submitIn = dice.pick([600, 7_200, 86_400]);
  const slack = dice.pick([0, 0, 3_600, 2 * 86_400]) - (dice.oneIn(15) ? 1 : 0);
  const offer = dice.oneIn(2)
    ? { salt: dice.below(200), signer: dice.oneIn(12) ? 'outsider' : provider }
    : null;
  const fee = rules.validatorFee * BigInt(rules.validators.length);
  return {
    provider: dice.oneIn(40) ? null : provider,
    evaluator: 'court',
    expiresIn: submitIn + tailOf(rules) + slack,
    budget: dice.pick(budgets),
    evaluatorFee: dice.oneIn(20) ? fee + 1n : fee,
    templateId,
    proposal: { submitIn, previousJobId: milestoneOf(state, dice, { client, provider }), rules, offer },
  };
}

function plain(state: State, dice: Dice): NewJob {
  return {
    provider: dice.oneIn(10) ? null : dice.pick(providers),
    evaluator: dice.pick(['evaluator', 'evaluator', 'client1', 'provider1']),
    expiresIn: dice.pick([0, 1, 3_600, 86_400, 365 * 86_400, 365 * 86_400 + 1]),
    budget: dice.oneIn(8) ? 0n : dice.pick(budgets),
    evaluatorFee: dice.pick(fees),
    templateId: dice.oneIn(4) ? 1 + dice.below(state.templates.length + 1) : 0,
    proposal: null,
  };
}

/** A job that somebody asks for, funded at once or not. */
export function newJob(state: State, dice: Dice): Action {
  const client = dice.pick(clients);
  const job = dice.oneIn(5) ? plain(state, dice) : underTerms(state, dice, client);
  const takesOffer = job.proposal?.offer != null || job.proposal === null;
  if (!takesOffer || dice.oneIn(4)) return { name: 'create', call: { caller: client, job } };
  const signer = dice.oneIn(2) ? null : dice.oneIn(10) ? 'outsider' : client;
  const caller = signer === null && !dice.oneIn(10) ? client : dice.pick(people);
  const id = `${state.jobs.length + 1} at ${state.now}`;
  return { name: 'createAndFund', call: { caller, client, signer, job, id } };
}

/** Other terms for a job that is open, with the fee that the kernel has fixed. */
export function reproposal(dice: Dice, rules: Rules, submitIn: number): Proposal {
  return { submitIn, previousJobId: 0, rules: { ...rules, threshold: dice.pick([50, 70]) }, offer: null };
}
