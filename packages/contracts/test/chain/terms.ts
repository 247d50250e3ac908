import { type Hex, keccak256, stringToHex, zeroAddress } from 'viem';
import { encodeProposal, type NewJob as NewJobStruct, type RulesStruct } from '../../src/index.ts';
import { pausedSeconds } from '../model/clock.ts';
import type { Job, NewJob, Proposal, Rules, State } from '../model/state.ts';
import { addressOf } from './accounts.ts';
import { signTerms } from './signatures.ts';

const specHash = keccak256(stringToHex('spec'));

/** `ICourt.Terms`. */
export interface TermsStruct {
  jobId: bigint;
  salt: bigint;
  client: Hex;
  provider: Hex;
  budget: bigint;
  submitBy: number;
  expiredAt: number;
  specHash: Hex;
  previousJobId: bigint;
  templateId: number;
  hasProviderAgent: boolean;
  providerAgentId: bigint;
  hasClientAgent: boolean;
  clientAgentId: bigint;
  rules: RulesStruct;
}

export const rulesStruct = (rules: Rules): RulesStruct => ({
  ...rules,
  validators: rules.validators.map(addressOf),
  revalidators: rules.revalidators.map(addressOf),
});

/** What the parties agree to when the client of this job proposes now. */
export function termsOf(state: State, job: Job, proposal: Proposal): TermsStruct {
  const { rules, submitIn, previousJobId, offer } = proposal;
  return {
    jobId: offer ? 0n : BigInt(job.id),
    salt: BigInt(offer?.salt ?? 0),
    client: addressOf(job.client),
    provider: addressOf(job.provider),
    budget: job.budget,
    submitBy: state.now + submitIn,
    expiredAt: job.expiry + pausedSeconds(state),
    specHash,
    previousJobId: BigInt(previousJobId),
    templateId: job.templateId,
    hasProviderAgent: false,
    providerAgentId: 0n,
    hasClientAgent: false,
    clientAgentId: 0n,
    rules: rulesStruct(rules),
  };
}

export async function proposalParams(proposal: Proposal, terms: TermsStruct): Promise<Hex> {
  const { offer } = proposal;
  const { submitBy, salt, previousJobId, rules } = terms;
  return encodeProposal({
    salt,
    submitBy,
    specHash,
    previousJobId,
    hasClientAgent: false,
    clientAgentId: 0n,
    rules,
    providerSignature: offer ? await signTerms(offer.signer, terms) : '0x',
  });
}

export function newJobStruct(state: State, job: NewJob): NewJobStruct {
  const evaluator = addressOf(job.proposal ? 'court' : job.evaluator);
  return {
    provider: addressOf(job.provider),
    evaluator,
    hook: job.proposal ? evaluator : addressOf(null),
    expiredAt: state.now + job.expiresIn,
    budget: job.budget,
    evaluatorFee: job.evaluatorFee,
    templateId: job.templateId,
    hasAgentId: false,
    agentId: 0n,
    description: '',
  };
}

/** Terms that nobody has agreed to. */
export const noTerms: TermsStruct = {
  jobId: 0n,
  salt: 0n,
  client: zeroAddress,
  provider: zeroAddress,
  budget: 0n,
  submitBy: 0,
  expiredAt: 0,
  specHash,
  previousJobId: 0n,
  templateId: 0,
  hasProviderAgent: false,
  providerAgentId: 0n,
  hasClientAgent: false,
  clientAgentId: 0n,
  rules: {
    validators: [],
    requiredPasses: 0,
    threshold: 0,
    validatorFee: 0n,
    validationWindow: 0,
    silencePercent: 0,
    disputeWindow: 0,
    revalidators: [],
    requiredRepasses: 0,
    bondBps: 0,
    evidenceWindow: 0,
    rulingWindow: 0,
    defaultPercent: 0,
  },
};
