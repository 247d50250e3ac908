import { z } from 'zod';
import { principalType } from './address.ts';
import { id, timestamp } from './common.ts';

/** What each level allows, each with all below it. */
export const accessLevels = {
  none: 0,
  read: 10,
  readwrite: 20,
  manage: 30,
  admin: 40,
  superadmin: 50,
} as const;

export const accessLevel = z
  .literal([0, 10, 20, 30, 40, 50])
  .meta({ description: '0 none, 10 read, 20 read and write, 30 manage, 40 admin, 50 superadmin' });
export type AccessLevel = z.infer<typeof accessLevel>;

export const aclResourceType = z.enum(['workspace', 'principal', 'kv', 'service', 'task', 'queue', 'admin']);
export type AclResourceType = z.infer<typeof aclResourceType>;

const pattern = z
  .string()
  .min(1)
  .max(640)
  .regex(/^[^\s\p{C}]+$/u, 'must have no spaces')
  .meta({ description: 'Exact, or with * for anything' });

/**
 * `principalId` is an address, the id of a user, or a credential as in the audit log (`agent:<id>`, `token:<id>`,
 * `member:<id>`); of another workspace only what names it: an address with that workspace in it, or a credential.
 * `resourceId` is what the type says.
 */
export const aclRule = z.object({
  ruleId: id,
  principalType: z.enum([...principalType.options, '*']).meta({ description: '* for every type' }),
  principalId: pattern,
  resourceType: aclResourceType,
  resourceId: pattern,
  level: accessLevel,
  grantedBy: z.string(),
  reason: z.string().max(500).optional(),
  createdAt: timestamp,
  expiresAt: timestamp.optional(),
});
export type AclRule = z.infer<typeof aclRule>;

/** What holds where no rule does. */
export const aclFallback = z.object({
  principalType,
  resourceType: aclResourceType,
  level: accessLevel,
  isDefault: z.boolean().meta({ description: 'Nobody changed it' }),
});
export type AclFallback = z.infer<typeof aclFallback>;

/** Why a level holds: the rule that decided, or the fallback, and the rules that are about it, at most 50. */
export const aclExplanation = z.object({
  level: accessLevel,
  decidedBy: z.enum(['rule', 'fallback', 'other-workspace']),
  rule: aclRule.optional(),
  considered: z.array(aclRule),
});
export type AclExplanation = z.infer<typeof aclExplanation>;

/** A bounded permission of a user: who holds it acts for the user, within it. */
export const grant = z.object({
  grantId: id,
  subject: z.string().meta({ description: 'Id of the user for whom is acted' }),
  delegate: z.string().meta({ description: 'Address or agent id of who may act' }),
  operations: z
    .array(z.string().regex(/^[a-zA-Z*]+(\.[a-zA-Z*]+)?$/, 'must be like kv.get or kv.*'))
    .min(1)
    .max(50),
  level: accessLevel,
  reason: z.string().max(500).optional(),
  createdBy: z.string(),
  createdAt: timestamp,
  expiresAt: timestamp,
  revokedAt: timestamp.optional(),
  lastUsedAt: timestamp.optional().meta({ description: 'To the minute' }),
});
export type Grant = z.infer<typeof grant>;
