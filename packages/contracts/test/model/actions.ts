import * as clock from './clock.ts';
import * as court from './court.ts';
import * as disputes from './disputes.ts';
import * as kernel from './kernel.ts';
import { move, pullRules, withdraw } from './money.ts';
import * as pool from './pool.ts';
import {
  type Account,
  type NewJob,
  type Outcome,
  type Payer,
  type Proposal,
  type State,
  unless,
} from './state.ts';
import * as treasury from './treasury.ts';

type OfJob<T = unknown> = { caller: Account; jobId: number } & T;
type UnderTerms<T = unknown> = OfJob<{ forged: boolean } & T>;
/** With a signer the payment is an authorization that somebody brings, else the caller's allowance. */
type Paid<T> = { signer: Account | null } & T;
type Bond<T = unknown> = UnderTerms<Paid<{ evidence: number } & T>>;

/** Every step that changes a contract, by name. */
export interface Steps {
  create: { caller: Account; job: NewJob };
  createAndFund: Paid<{ caller: Account; client: Account; job: NewJob; id: string }>;
  setBudget: OfJob<{ amount: bigint; proposal: Proposal | null }>;
  fund: OfJob<Paid<{ budget: bigint }>>;
  submit: OfJob;
  decline: OfJob;
  complete: OfJob;
  completeSplit: OfJob<{ providerAmount: bigint }>;
  reject: OfJob;
  claimRefund: OfJob;
  cancel: kernel.Consent & { providerAmount: bigint };
  extend: kernel.Consent & { later: number; submitLater: number | null };
  accept: OfJob<{ signer: Account }>;
  withdrawOffer: { caller: Account; salt: number };
  validate: UnderTerms<{ score: number }>;
  settle: UnderTerms;
  open: Bond<{ byProvider: boolean }>;
  answer: Bond;
  addEvidence: OfJob;
  revalidate: UnderTerms<{ score: number }>;
  escalate: UnderTerms;
  captureEntropy: OfJob;
  assignArbitrator: UnderTerms;
  rule: UnderTerms<{ percent: number }>;
  finalize: UnderTerms;
  releaseBonds: OfJob;
  join: Paid<{ caller: Account; account: Account; stake: bigint }>;
  addStake: { caller: Account; amount: bigint };
  requestLeave: { caller: Account };
  cancelLeave: { caller: Account };
  withdrawStake: { caller: Account };
  withdraw: { caller: Account; from: Payer };
  sync: { caller: Account };
  collect: { caller: Account; from: Payer };
  withdrawReserve: { caller: Account; to: Account; amount: bigint };
  setFundShare: { caller: Account; bps: bigint };
  setPlatformFee: { caller: Account; bps: bigint };
  setTemplateActive: { caller: Account; templateId: number; active: boolean };
  pause: { caller: Account };
  unpause: { caller: Account };
  blacklist: { caller: Account; account: Account; blacklisted: boolean };
  stray: { caller: Account; to: Account; amount: bigint };
}

export type StepName = keyof Steps;

export type Action<Name extends StepName = StepName> = {
  [Each in Name]: { name: Each; call: Steps[Each] };
}[Name];

/** The only purposes that a signed payment fits. */
export const purposeOf = {
  createAndFund: ({ id }: { id: string }): string => `new job ${id}`,
  fund: ({ jobId, budget }: { jobId: number; budget: bigint }): string => `fund ${jobId} ${budget}`,
  bond: ({ jobId, evidence }: { jobId: number; evidence: number }): string => `bond ${jobId} ${evidence}`,
  join: ({ account, stake }: { account: Account; stake: bigint }): string => `join ${account} ${stake}`,
};

function setTemplateActive(state: State, call: Steps['setTemplateActive']): Outcome {
  const template = state.templates[call.templateId - 1];
  if (!template) return { refusals: ['TemplateNotFound'] };
  const templates = state.templates.with(call.templateId - 1, { ...template, active: call.active });
  return unless({ NotCreator: call.caller !== template.creator }, () => ({ ...state, templates }));
}

function setBlacklisted(state: State, { account, blacklisted }: Steps['blacklist']): Outcome {
  const others = state.blacklist.filter((each) => each !== account);
  return { state: { ...state, blacklist: blacklisted ? [...others, account] : others } };
}

function stray(state: State, { caller, to, amount }: Steps['stray']): Outcome {
  const refused = state.blacklist.includes(to);
  const rules = pullRules(state, caller, amount);
  const broken = { ...rules, BlacklistedAccount: refused || rules.BlacklistedAccount === true };
  return unless(broken, () => move(state, caller, to, amount));
}

const steps: { [Name in StepName]: (state: State, call: Steps[Name]) => Outcome } = {
  create: (state, { caller, job }) => kernel.createJobWithBudget(state, caller, job),
  createAndFund: (state, call) =>
    kernel.createAndFund(state, { ...call, purpose: purposeOf.createAndFund(call) }, call.job),
  setBudget: kernel.setBudget,
  fund: (state, call) => kernel.fund(state, { ...call, purpose: purposeOf.fund(call) }),
  submit: (state, { caller, jobId }) => kernel.submit(state, caller, jobId),
  decline: (state, { caller, jobId }) => kernel.decline(state, caller, jobId),
  complete: (state, call) => kernel.complete(state, { ...call, providerAmount: null }),
  completeSplit: kernel.complete,
  reject: (state, { caller, jobId }) => kernel.reject(state, caller, jobId),
  claimRefund: (state, { jobId }) => kernel.claimRefund(state, jobId),
  cancel: kernel.cancel,
  extend: kernel.extend,
  accept: court.accept,
  withdrawOffer: (state, { caller, salt }) => court.withdrawOffer(state, caller, salt),
  validate: court.validate,
  settle: court.settle,
  open: (state, call) => disputes.open(state, { ...call, purpose: purposeOf.bond(call) }),
  answer: (state, call) => disputes.answer(state, { ...call, purpose: purposeOf.bond(call) }),
  addEvidence: disputes.addEvidence,
  revalidate: disputes.revalidate,
  escalate: disputes.escalate,
  captureEntropy: (state, { jobId }) => disputes.captureEntropy(state, jobId),
  assignArbitrator: disputes.assignArbitrator,
  rule: disputes.rule,
  finalize: disputes.finalize,
  releaseBonds: (state, { jobId }) => disputes.releaseBonds(state, jobId),
  join: (state, call) => {
    const account = call.signer === null ? call.caller : call.account;
    return pool.join(state, { ...call, account, purpose: purposeOf.join(call) });
  },
  addStake: (state, { caller, amount }) => pool.addStake(state, caller, amount),
  requestLeave: (state, { caller }) => pool.requestLeave(state, caller),
  cancelLeave: (state, { caller }) => pool.cancelLeave(state, caller),
  withdrawStake: (state, { caller }) => pool.withdrawStake(state, caller),
  withdraw: (state, { caller, from }) => withdraw(state, caller, from),
  sync: (state) => ({ state: treasury.sync(state) }),
  collect: (state, { from }) => treasury.collect(state, from),
  withdrawReserve: treasury.withdrawReserve,
  setFundShare: (state, { caller, bps }) => treasury.setFundShare(state, caller, bps),
  setPlatformFee: (state, { caller, bps }) => kernel.setPlatformFee(state, caller, bps),
  setTemplateActive,
  pause: (state, { caller }) => clock.pause(state, caller),
  unpause: (state, { caller }) => clock.unpause(state, caller),
  blacklist: setBlacklisted,
  stray,
};

/** What the step does in the next block; the state that was given stays as it is. */
export function apply<Name extends StepName>(state: State, action: Action<Name>): Outcome {
  const step = steps[action.name] as (state: State, call: Steps[Name]) => Outcome;
  return step(state, action.call);
}

/** One line of a sequence. */
export function describe({ name, call }: Action): string {
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);
  const { caller, ...rest } = call;
  return `${caller}: ${name} ${JSON.stringify(rest, plain)}`;
}
