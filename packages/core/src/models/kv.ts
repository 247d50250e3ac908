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

/** What wanted keys begin with; absent for all. */
export const kvPrefix = z
  .string()
  .max(256)
  .regex(/^[^\p{C}]*$/u, 'must have no control characters');

/** Keys that one scope holds at most, of each workspace or user. */
export const MAX_KV_KEYS = 100_000;

/** Where a key lives; `userId` is needed for the scopes of a user, and is the caller itself when it is one. */
export const kvPlace = {
  scope: kvScope.default('workspace'),
  userId: z
    .string()
    .max(128)
    .regex(/^[^\p{C}]+$/u, 'must have no control characters')
    .optional()
    .meta({ description: 'For scopes user and user-workspace; default the caller, or whom it acts for' }),
};

/** What is known of a key without its value; `version` rises with every change, also when it is deleted and made again. */
export const kvEntryInfo = z.object({
  key: z.string(),
  version: z.int().min(1),
  expiresAt: timestamp.optional(),
  updatedAt: timestamp,
  updatedBy: z.string().meta({ description: 'Address of who wrote it' }),
});
export type KvEntryInfo = z.infer<typeof kvEntryInfo>;

/** A key with its value. */
export const kvEntry = kvEntryInfo.extend({ value: z.json() });
export type KvEntry = z.infer<typeof kvEntry>;

/** One change of a watched key; a deleted or expired key has no value. Ending it takes a version, too. */
export const kvChange = z.object({
  change: z.enum(['put', 'deleted', 'expired']),
  key: z.string(),
  version: z.int().min(1),
  value: z.json().optional(),
  at: timestamp,
});
export type KvChange = z.infer<typeof kvChange>;
