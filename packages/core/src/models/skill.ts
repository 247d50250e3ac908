import { z } from 'zod';
import { amountUsdc, jsonObject, risk } from './common.ts';

export const capability = z
  .string()
  .regex(/^[a-z0-9][a-z0-9:._-]{0,62}$/, 'must be 1-63 lower-case letters, digits, or : . _ -');

/** Something that an agent does for others, as it publishes it. The schemas are JSON Schema. */
export const skill = z.strictObject({
  capability,
  description: z.string().max(500),
  inputSchema: jsonObject.optional(),
  outputSchema: jsonObject.optional(),
  priceUsdc: amountUsdc.optional().meta({ description: 'What it usually costs; a quote says what it does' }),
  risk: risk.optional(),
});
export type Skill = z.infer<typeof skill>;
export const skills = z.array(skill).max(50);
