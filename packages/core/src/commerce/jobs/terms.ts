import { encodeProposal, type NewJob, termsDomain, termsTypes } from '@bonafide/contracts';
import type { Hex } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { JobRulesInput, jobTermsInput } from '../../models/job-input.ts';
import { parseUsdc } from '../../models/money.ts';
import type { JobRules, JobTerms } from '../../models/terms.ts';
import type { ContractTerms } from '../../models/terms-codec.ts';
import { toSeconds, toTime } from '../../models/unix-time.ts';
import type { Chain } from '../chain.ts';
import { invalid } from '../refusals.ts';
import { checkRules, tailSeconds } from '../rules.ts';
import { findParty, type Party } from './parties.ts';

/** The terms of a job as a caller states them. */
export type TermsInput = z.output<z.ZodObject<typeof jobTermsInput>>;

const DAY = 86_400;
const MAX_SECONDS = 365 * DAY;
const defaults = {
  validationSeconds: DAY,
  silencePercent: 0,
  windowSeconds: DAY,
  bondBps: 500,
  evidenceSeconds: 2 * DAY,
  rulingSeconds: 2 * DAY,
  defaultPercent: 50,
} as const;

/**
 * The terms between two parties with every default filled in, checked as the court will check them; throws
 * ValidationError that names what it would refuse. `jobId` and `salt` are 0.
 */
export async function buildTerms(
  context: LocalContext,
  {
    input,
    client,
    provider,
  }: { readonly input: TermsInput; readonly client: Party; readonly provider: Party },
): Promise<JobTerms> {
  if (parseUsdc(input.amountUsdc) === 0n) throw invalid('amountUsdc', 'must be more than zero');
  const rules = await resolveRules(context, input);
  checkRules(rules, { client: client.address, provider: provider.address });
  const { submitBy, expiresAt } = checkTimes(input, { rules, now: context.now() });
  const { amountUsdc, specHash, previousJobId, templateId } = input;
  return {
    jobId: '0',
    salt: '0',
    client: client.address,
    provider: provider.address,
    amountUsdc,
    submitBy,
    expiresAt,
    ...(specHash !== undefined && { specHash }),
    ...(previousJobId !== undefined && { previousJobId }),
    ...(templateId !== undefined && { templateId }),
    ...(provider.chainAgentId !== undefined && { providerAgentId: provider.chainAgentId }),
    ...(client.chainAgentId !== undefined && { clientAgentId: client.chainAgentId }),
    rules,
  };
}

async function resolveRules(context: LocalContext, input: TermsInput): Promise<JobRules> {
  const { templateId, validators, threshold, rules = {} } = input;
  if (templateId !== undefined) {
    const own = [validators, threshold, input.rules].some((each) => each !== undefined);
    if (own)
      throw invalid('templateId', 'brings all rules with it; leave validators, threshold and rules out');
    const template = await context.client.templates.get({ templateId }, { signal: context.signal });
    if (!template.isActive) throw invalid('templateId', `names '${template.name}', which is not active`);
    return template.rules as JobRules;
  }
  if (validators === undefined) throw invalid('validators', 'must be given where there is no templateId');
  if (threshold === undefined) throw invalid('threshold', 'must be given where there is no templateId');
  return fillRules(context, { rules, validators, threshold });
}

interface OwnRules {
  readonly rules: JobRulesInput;
  readonly validators: readonly string[];
  readonly threshold: number;
}

async function fillRules(
  context: LocalContext,
  { rules, validators, threshold }: OwnRules,
): Promise<JobRules> {
  const judges = await findWallets(context, { agentIds: validators, path: 'validators' });
  const { disputes = {} } = rules;
  return {
    validators: judges,
    requiredPasses: rules.requiredPasses ?? majorityOf(judges.length),
    threshold,
    validatorFeeUsdc: rules.validatorFeeUsdc ?? '0',
    validationSeconds: rules.validationSeconds ?? defaults.validationSeconds,
    silencePercent: rules.silencePercent ?? defaults.silencePercent,
    ...(disputes !== 'none' && { disputes: await fillDisputes(context, disputes) }),
  };
}

type DisputesInput = Exclude<NonNullable<JobRulesInput['disputes']>, 'none'>;

async function fillDisputes(
  context: LocalContext,
  input: DisputesInput,
): Promise<NonNullable<JobRules['disputes']>> {
  const path = 'rules.disputes.revalidators';
  const revalidators = await findWallets(context, { agentIds: input.revalidators ?? [], path });
  const repasses = revalidators.length === 0 ? 0 : majorityOf(revalidators.length);
  return {
    windowSeconds: input.windowSeconds ?? defaults.windowSeconds,
    revalidators,
    requiredRepasses: input.requiredRepasses ?? repasses,
    bondBps: input.bondBps ?? defaults.bondBps,
    evidenceSeconds: input.evidenceSeconds ?? defaults.evidenceSeconds,
    rulingSeconds: input.rulingSeconds ?? defaults.rulingSeconds,
    defaultPercent: input.defaultPercent ?? defaults.defaultPercent,
  };
}

const majorityOf = (count: number): number => Math.floor(count / 2) + 1;

async function findWallets(
  context: LocalContext,
  { agentIds, path }: { readonly agentIds: readonly string[]; readonly path: string },
): Promise<string[]> {
  const parties = await Promise.all(agentIds.map((agentId) => findParty(context, { agentId, path })));
  return parties.map(({ address }) => address);
}

function checkTimes(
  { submitBy, expiresAt }: TermsInput,
  { rules, now }: { readonly rules: JobRules; readonly now: Date },
): { submitBy: string; expiresAt: string } {
  const submit = toSeconds(submitBy);
  const current = Math.floor(now.getTime() / 1000);
  if (submit <= current) throw invalid('submitBy', 'must be in the future');
  const earliest = submit + tailSeconds(rules);
  const expires = expiresAt === undefined ? earliest : toSeconds(expiresAt);
  if (expires < earliest) {
    throw invalid(
      'expiresAt',
      `must be ${toTime(earliest)} or later, so that validation and disputes can end before it`,
    );
  }
  if (expires > current + MAX_SECONDS) {
    throw invalid('expiresAt', `would be ${toTime(expires)}; a job lasts a year at most`);
  }
  return { submitBy: toTime(submit), expiresAt: toTime(expires) };
}

/** The kernel's part of terms, and the court's, which goes with it as `optParams`. */
export function toNewJob(
  { deployment }: Chain,
  request: { readonly terms: ContractTerms; readonly description: string; readonly providerSignature: Hex },
): { job: NewJob; optParams: Hex } {
  const { terms, description, providerSignature } = request;
  const { provider, expiredAt, budget, templateId, hasProviderAgent, providerAgentId, rules } = terms;
  const { salt, submitBy, specHash, previousJobId, hasClientAgent, clientAgentId } = terms;
  const { court } = deployment;
  return {
    job: {
      provider,
      evaluator: court,
      hook: court,
      expiredAt,
      budget,
      evaluatorFee: evaluatorFeeOf(terms),
      templateId,
      hasAgentId: hasProviderAgent,
      agentId: providerAgentId,
      description,
    },
    optParams: encodeProposal({
      ...{ salt, submitBy, specHash, previousJobId, hasClientAgent, clientAgentId, rules, providerSignature },
    }),
  };
}

/** What the client pays beside the budget: every validator's fee. */
export function evaluatorFeeOf({ rules }: ContractTerms): bigint {
  return rules.validatorFee * BigInt(rules.validators.length);
}

/** What the provider signs. */
export function toTypedTerms({ deployment }: Chain, terms: ContractTerms) {
  return {
    domain: termsDomain(deployment),
    types: termsTypes,
    primaryType: 'Terms',
    message: terms,
  } as const;
}
