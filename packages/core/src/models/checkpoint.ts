import { z } from 'zod';
import { timestamp } from './common.ts';

/** Largest state as JSON text, in bytes. */
export const MAX_CHECKPOINT_BYTES = 1_048_576;

/** Saved states that one owner has at most. */
export const MAX_CHECKPOINTS = 1000;

export const checkpointKey = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\p{C}]+$/u, 'must have no control characters');

/** What is known of a saved state without the state itself. */
export const checkpointInfo = z.object({
  key: z.string(),
  version: z.int().min(1).meta({ description: 'Rises with every save, also after a deletion' }),
  bytes: z.int().min(0),
  savedAt: timestamp,
  expiresAt: timestamp.optional(),
});
export type CheckpointInfo = z.infer<typeof checkpointInfo>;
