import { z } from 'zod';
import { timestamp } from './common.ts';

/** Whose keys: of all workspaces of the tenant, of one workspace, of a user, or of a user in one workspace. */
export const kvScope = z.enum(['global', 'workspace', 'user', 'user-workspace']);
export type KvScope = z.infer<typeof kvScope>;

export const kvKey = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\p{C}]+$/u, 'must have no control characters');

/** Largest value as JSON text, in bytes. */
export const MAX_KV_BYTES = 262_144;

/** Where a key lives; `userId` is needed for the scopes of a user, and is the caller itself when it is one. */
export const kvPlace = {
  scope: kvScope.default('workspace'),
  userId: z.string().min(1).max(128).optional().meta({ description: 'For scopes user and user-workspace' }),
};

/** A key with its value; `version` rises with every change and starts at 1. */
export const kvEntry = z.object({
  key: z.string(),
  value: z.json(),
  version: z.int().min(1),
  expiresAt: timestamp.optional(),
  updatedAt: timestamp,
  updatedBy: z.string().meta({ description: 'Address of who wrote it' }),
});
export type KvEntry = z.infer<typeof kvEntry>;

/** One change of a watched key; a deleted or expired key has no value. */
export const kvChange = z.object({
  change: z.enum(['put', 'deleted', 'expired']),
  key: z.string(),
  version: z.int().min(1),
  value: z.json().optional(),
  at: timestamp,
});
export type KvChange = z.infer<typeof kvChange>;
