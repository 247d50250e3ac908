import { z } from 'zod';
import { amountUsdc, hash32, id, timestamp, uint256 } from './common.ts';

const percent = z.int().min(0).max(100);
const MONTH = 2_592_000;
const validationWindow = z.int().min(60).max(MONTH);
const window = z.int().min(600).max(MONTH);
const rulingWindow = z.int().min(3_600).max(MONTH);

/** How disputes go; what is absent has a default: windows of a day, two days for evidence and rulings, 5 % bonds, half each. */
export const disputeRulesInput = z.strictObject({
  windowSeconds: window.optional(),
  revalidators: z.array(id).max(7).optional().meta({ description: 'agentIds who score again first' }),
  requiredRepasses: z.int().min(1).max(7).optional(),
  bondBps: z.int().min(100).max(5_000).optional(),
  evidenceSeconds: window.optional(),
  rulingSeconds: rulingWindow.optional(),
  defaultPercent: percent.optional(),
});

/** How a job is judged; what is absent has a default. */
export const jobRulesInput = z.strictObject({
  requiredPasses: z.int().min(1).max(7).optional().meta({ description: 'Default: more than half' }),
  validatorFeeUsdc: amountUsdc.optional().meta({ description: 'You pay it to each who scores; default 0' }),
  validationSeconds: validationWindow.optional().meta({ description: 'Default one day' }),
  silencePercent: percent.optional().meta({ description: "Provider's share if they stay silent; default 0" }),
  disputes: z
    .union([z.literal('none'), disputeRulesInput])
    .optional()
    .meta({ description: "'none': the validators decide for good; else windows and bonds" }),
});
export type JobRulesInput = z.infer<typeof jobRulesInput>;

/** What a client or a provider says about a job's terms. */
export const jobTermsInput = {
  amountUsdc,
  validators: z.array(id).min(1).max(7).optional().meta({
    description: 'agentIds of who score it; none of them you or the provider. Absent with templateId',
  }),
  threshold: percent.optional().meta({ description: 'Lowest score that pays. Absent with templateId' }),
  rules: jobRulesInput.optional().meta({
    description: 'Fees, windows, silence and disputes; what is absent has a default',
    isForPrograms: true,
  }),
  templateId: z.int().min(1).optional().meta({ description: 'Take all rules from this template' }),
  previousJobId: uint256
    .optional()
    .meta({ description: 'A milestone: fundable once that job is completed', isForPrograms: true }),
  specHash: hash32
    .optional()
    .meta({ description: 'sha-256 of the full specification, as artifacts.put returns' }),
  submitBy: timestamp.meta({ description: 'Latest delivery' }),
  expiresAt: timestamp
    .optional()
    .meta({ description: 'After this the budget can be refunded; default: as early as the rules allow' }),
};

/** A template or an offer sets it, and it is paid beside the budget: stated, so that whoever approves has seen it. */
export const validatorFeesUsdc = amountUsdc.optional().meta({
  description:
    'Exactly what all validators get beside the budget; absent where the rules set no validatorFeeUsdc',
});
