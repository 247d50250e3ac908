import { z } from 'zod';
import { id, timestamp } from './common.ts';

/** The eight factors and their weights, which sum to 1. */
export const trustWeights = {
  verification: 0.25,
  uptime: 0.15,
  successRate: 0.15,
  securityAlerts: 0.15,
  compliance: 0.1,
  age: 0.1,
  drift: 0.05,
  userFeedback: 0.05,
} as const;
export type TrustFactorName = keyof typeof trustWeights;

/** One factor with what it was computed from. */
export const trustFactor = z.object({
  value: z.number().meta({ description: '0 to 1' }),
  weight: z.number(),
  numerator: z.number(),
  denominator: z.number(),
  windowDays: z.int().optional().meta({ description: 'Absent: since registration' }),
  hasEnoughData: z.boolean().meta({ description: 'False: the value is a neutral prior' }),
  explanation: z.string(),
});
export type TrustFactor = z.infer<typeof trustFactor>;

/** How far an agent is trusted, from 0 to 1; 0 once it is revoked. */
export const trustScore = z.object({
  agentId: id,
  score: z.number(),
  isProvisional: z.boolean().meta({ description: 'True while too little is known of the agent' }),
  factors: z
    .object({
      verification: trustFactor,
      uptime: trustFactor,
      successRate: trustFactor,
      securityAlerts: trustFactor,
      compliance: trustFactor,
      age: trustFactor,
      drift: trustFactor,
      userFeedback: trustFactor,
    })
    .optional(),
  computedAt: timestamp,
});
export type TrustScore = z.infer<typeof trustScore>;

/** A score as it once was. */
export const trustPoint = z.object({
  agentId: id,
  score: z.number(),
  factors: z.record(z.string(), z.number()),
  reason: z.string(),
  computedAt: timestamp,
});
export type TrustPoint = z.infer<typeof trustPoint>;

/** What a person thinks of an agent. */
export const feedback = z.object({
  feedbackId: id,
  agentId: id,
  rating: z.enum(['positive', 'negative']),
  comment: z.string().optional(),
  actionId: id.optional(),
  givenBy: z.string(),
  createdAt: timestamp,
});
export type Feedback = z.infer<typeof feedback>;
