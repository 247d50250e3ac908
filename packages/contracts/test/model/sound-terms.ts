import { clock } from './clock.ts';
import type { Account, Broken, Job, Proposal, Rules, State } from './state.ts';

const maxPanel = 7;
const maxWindow = 30 * 86_400;
const minute = 60;

/** Seconds that must lie between the last delivery and the expiry, so that every dispute ends in time. */
export function tailOf(rules: Rules): number {
  const { validationWindow, disputeWindow, evidenceWindow, rulingWindow, revalidators } = rules;
  if (disputeWindow === 0) return validationWindow + 10 * minute;
  const arbitration = evidenceWindow + 3 * rulingWindow + 60 * minute;
  const revalidation = revalidators.length === 0 ? 0 : validationWindow + disputeWindow;
  return validationWindow + disputeWindow + revalidation + arbitration;
}

const isPanel = (members: readonly Account[], required: number): boolean =>
  members.length > 0 &&
  members.length <= maxPanel &&
  required > 0 &&
  required <= members.length &&
  new Set(members).size === members.length;

const isWindow = (seconds: number, shortest: number): boolean => seconds >= shortest && seconds <= maxWindow;

function rulesWithoutDisputes(rules: Rules): Broken {
  return {
    InvalidPanel: rules.revalidators.length > 0 || rules.requiredRepasses !== 0,
    InvalidBond: rules.bondBps !== 0,
    InvalidWindow: rules.evidenceWindow !== 0 || rules.rulingWindow !== 0,
    PercentTooHigh: rules.defaultPercent !== 0,
  };
}

function rulesOfDisputes(rules: Rules): Broken {
  const { revalidators, requiredRepasses, validators } = rules;
  const panel = revalidators.length === 0 ? requiredRepasses === 0 : isPanel(revalidators, requiredRepasses);
  const windows =
    isWindow(rules.disputeWindow, 10 * minute) &&
    isWindow(rules.evidenceWindow, 10 * minute) &&
    isWindow(rules.rulingWindow, 60 * minute);
  return {
    InvalidPanel: !panel || revalidators.some((each) => validators.includes(each)),
    InvalidBond: rules.bondBps < 100 || rules.bondBps > 5_000,
    InvalidWindow: !windows,
    PercentTooHigh: rules.defaultPercent > 100,
  };
}

/** What nobody may be asked to sign. */
export function soundnessRules(state: State, job: Job, proposal: Proposal): Broken {
  const { rules, submitIn, previousJobId } = proposal;
  const { validators, revalidators } = rules;
  const own = rules.disputeWindow === 0 ? rulesWithoutDisputes(rules) : rulesOfDisputes(rules);
  const isParty = (account: Account) => account === job.client || account === job.provider;
  const strangers = ![...validators, ...revalidators].some(isParty);
  const remaining = job.expiry - clock(state);
  return {
    ...own,
    InvalidPanel: own.InvalidPanel || !isPanel(validators, rules.requiredPasses),
    PercentTooHigh: own.PercentTooHigh || rules.threshold > 100 || rules.silencePercent > 100,
    InvalidWindow: own.InvalidWindow || !isWindow(rules.validationWindow, minute),
    PartiesNotDistinct: job.provider === null || job.provider === job.client || !strangers,
    InvalidSubmitBy: submitIn <= 0 || submitIn > remaining - tailOf(rules),
    InvalidEvaluatorFee: job.evaluatorFee !== BigInt(validators.length) * rules.validatorFee,
    TemplateMismatch: job.templateId !== 0 && !isTemplate(state, job, rules),
    InvalidMilestone: previousJobId !== 0 && !isMilestone(state, job, previousJobId),
  };
}

function isTemplate(state: State, job: Job, rules: Rules): boolean {
  const template = state.templates[job.templateId - 1];
  return template?.active === true && JSON.stringify(plain(template.rules)) === JSON.stringify(plain(rules));
}

const plain = (rules: Rules) => ({ ...rules, validatorFee: String(rules.validatorFee) });

function isMilestone(state: State, job: Job, previousJobId: number): boolean {
  const previous = previousJobId < job.id ? state.jobs[previousJobId - 1] : undefined;
  return previous?.client === job.client && previous.provider === job.provider;
}
