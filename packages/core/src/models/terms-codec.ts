import { formatUsdc, parseUsdc } from './money.ts';
import type { DisputeRules, JobRules, JobTerms } from './terms.ts';
import { toSeconds, toTime } from './unix-time.ts';

type Hex = `0x${string}`;

/** `ICourt.Rules` as viem encodes and decodes it. */
export interface ContractRules {
  readonly validators: readonly Hex[];
  readonly requiredPasses: number;
  readonly threshold: number;
  readonly validatorFee: bigint;
  readonly validationWindow: number;
  readonly silencePercent: number;
  readonly disputeWindow: number;
  readonly revalidators: readonly Hex[];
  readonly requiredRepasses: number;
  readonly bondBps: number;
  readonly evidenceWindow: number;
  readonly rulingWindow: number;
  readonly defaultPercent: number;
}

/** `ICourt.Terms` as viem encodes and decodes it. */
export interface ContractTerms {
  readonly jobId: bigint;
  readonly salt: bigint;
  readonly client: Hex;
  readonly provider: Hex;
  readonly budget: bigint;
  readonly submitBy: number;
  readonly expiredAt: number;
  readonly specHash: Hex;
  readonly previousJobId: bigint;
  readonly templateId: number;
  readonly hasProviderAgent: boolean;
  readonly providerAgentId: bigint;
  readonly hasClientAgent: boolean;
  readonly clientAgentId: bigint;
  readonly rules: ContractRules;
}

const NO_HASH: Hex = `0x${'0'.repeat(64)}`;

/** The terms as the contracts take them; exact, so that their hash is the same. */
export function toContractTerms(terms: JobTerms): ContractTerms {
  return {
    jobId: BigInt(terms.jobId),
    salt: BigInt(terms.salt),
    client: terms.client as Hex,
    provider: terms.provider as Hex,
    budget: parseUsdc(terms.amountUsdc),
    submitBy: toSeconds(terms.submitBy),
    expiredAt: toSeconds(terms.expiresAt),
    specHash: (terms.specHash as Hex | undefined) ?? NO_HASH,
    previousJobId: BigInt(terms.previousJobId ?? 0),
    templateId: terms.templateId ?? 0,
    hasProviderAgent: terms.providerAgentId !== undefined,
    providerAgentId: BigInt(terms.providerAgentId ?? 0),
    hasClientAgent: terms.clientAgentId !== undefined,
    clientAgentId: BigInt(terms.clientAgentId ?? 0),
    rules: toContractRules(terms.rules),
  };
}

/** The terms of the contracts as they are shown and sent. */
export function fromContractTerms(terms: ContractTerms): JobTerms {
  return {
    jobId: String(terms.jobId),
    salt: String(terms.salt),
    client: terms.client,
    provider: terms.provider,
    amountUsdc: formatUsdc(terms.budget),
    submitBy: toTime(terms.submitBy),
    expiresAt: toTime(terms.expiredAt),
    ...(terms.specHash !== NO_HASH && { specHash: terms.specHash }),
    ...(terms.previousJobId !== 0n && { previousJobId: String(terms.previousJobId) }),
    ...(terms.templateId !== 0 && { templateId: terms.templateId }),
    ...(terms.hasProviderAgent && { providerAgentId: String(terms.providerAgentId) }),
    ...(terms.hasClientAgent && { clientAgentId: String(terms.clientAgentId) }),
    rules: fromContractRules(terms.rules),
  };
}

/** The rules as the contracts take them; without disputes all their fields are zero. */
export function toContractRules(rules: JobRules): ContractRules {
  const { disputes } = rules;
  return {
    validators: rules.validators as Hex[],
    requiredPasses: rules.requiredPasses,
    threshold: rules.threshold,
    validatorFee: parseUsdc(rules.validatorFeeUsdc),
    validationWindow: rules.validationSeconds,
    silencePercent: rules.silencePercent,
    disputeWindow: disputes?.windowSeconds ?? 0,
    revalidators: (disputes?.revalidators ?? []) as Hex[],
    requiredRepasses: disputes?.requiredRepasses ?? 0,
    bondBps: disputes?.bondBps ?? 0,
    evidenceWindow: disputes?.evidenceSeconds ?? 0,
    rulingWindow: disputes?.rulingSeconds ?? 0,
    defaultPercent: disputes?.defaultPercent ?? 0,
  };
}

/** The rules of the contracts as they are shown. */
export function fromContractRules(rules: ContractRules): JobRules {
  return {
    validators: [...rules.validators],
    requiredPasses: rules.requiredPasses,
    threshold: rules.threshold,
    validatorFeeUsdc: formatUsdc(rules.validatorFee),
    validationSeconds: rules.validationWindow,
    silencePercent: rules.silencePercent,
    ...(rules.disputeWindow !== 0 && { disputes: disputesOf(rules) }),
  };
}

function disputesOf(rules: ContractRules): DisputeRules {
  return {
    windowSeconds: rules.disputeWindow,
    revalidators: [...rules.revalidators],
    requiredRepasses: rules.requiredRepasses,
    bondBps: rules.bondBps,
    evidenceSeconds: rules.evidenceWindow,
    rulingSeconds: rules.rulingWindow,
    defaultPercent: rules.defaultPercent,
  };
}
