import { z } from 'zod';
import { address, amountUsdc, hash32, timestamp, uint256 } from './common.ts';

const percent = z.int().min(0).max(100);
const seconds = z.int().min(0).max(4_294_967_295);
const judges = z.array(address).max(7);

/** What happens when the validators fail the work or stay silent. */
export const disputeRules = z.object({
  windowSeconds: seconds.meta({ description: 'In which the losing side may open a dispute' }),
  revalidators: judges.meta({ description: 'Who scores again in the first tier; may be empty' }),
  requiredRepasses: z.int().min(0).max(7),
  bondBps: z
    .int()
    .min(100)
    .max(5_000)
    .meta({ description: 'Bond of each side, in basis points of the budget' }),
  evidenceSeconds: seconds,
  rulingSeconds: seconds.meta({ description: 'For each arbitrator, from its assignment on' }),
  defaultPercent: percent.meta({ description: "The provider's share when no arbitrator ruled" }),
});
export type DisputeRules = z.infer<typeof disputeRules>;

/** How a job is judged. */
export const jobRules = z.object({
  validators: judges.min(1),
  requiredPasses: z.int().min(1).max(7).meta({ description: 'How many validators must pass the work' }),
  threshold: percent.meta({ description: 'The lowest passing score' }),
  validatorFeeUsdc: amountUsdc.meta({ description: 'What the client pays each validator that scores' }),
  validationSeconds: seconds.meta({ description: 'For the validators, from the delivery on' }),
  silencePercent: percent.meta({ description: "The provider's share when the validators do not decide" }),
  disputes: disputeRules.optional().meta({ description: 'Absent: the validators decide for good' }),
});
export type JobRules = z.infer<typeof jobRules>;

/** What both sides of a job agree to; the same values as the EIP-712 message that the provider signs. */
export const jobTerms = z.object({
  jobId: uint256.meta({ description: '0 in an offer that was signed before the job existed' }),
  salt: uint256.meta({ description: '0 outside of offers' }),
  client: address,
  provider: address,
  amountUsdc,
  submitBy: timestamp,
  expiresAt: timestamp,
  specHash: hash32.optional(),
  previousJobId: uint256.optional().meta({ description: 'The milestone that must be completed first' }),
  templateId: z.int().optional(),
  providerAgentId: uint256.optional().meta({ description: "The provider's ERC-8004 id" }),
  clientAgentId: uint256.optional().meta({ description: "The client's ERC-8004 id" }),
  rules: jobRules,
});
export type JobTerms = z.infer<typeof jobTerms>;

/** Terms that a provider signed before the job exists; whoever is their client can take them once. */
export const jobOffer = z.object({
  chainId: z.int(),
  court: address,
  terms: jobTerms,
  signature: z
    .string()
    .regex(/^0x[0-9a-fA-F]*$/)
    .max(4_096),
});
export type JobOffer = z.infer<typeof jobOffer>;

const consentBase = {
  jobId: uint256,
  signer: address,
  validUntil: timestamp,
  signature: z
    .string()
    .regex(/^0x[0-9a-fA-F]*$/)
    .max(4_096),
};

/** One party's signature under a change that needs both. */
export const jobConsent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cancellation'), ...consentBase, providerAmountUsdc: amountUsdc }),
  z.object({
    kind: z.literal('extension'),
    ...consentBase,
    expiresAt: timestamp,
    submitBy: timestamp.optional(),
  }),
]);
export type JobConsent = z.infer<typeof jobConsent>;
