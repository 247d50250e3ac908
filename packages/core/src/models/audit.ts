import { z } from 'zod';
import { jsonObject, timestamp } from './common.ts';

/** One line of the workspace's audit log: who did what, with which outcome. A leaf of its Merkle tree. */
export const auditEntry = z.object({
  sequence: z.int().meta({ description: 'Position in the workspace log, from 1, without gaps' }),
  workspace: z.string(),
  at: timestamp,
  actor: z.string().meta({ description: 'agent:<id>, member:<id>, token:<id> or system' }),
  event: z.string().meta({ description: 'What happened, such as action.approved' }),
  subject: z.string().meta({ description: 'Id of what it happened to' }),
  requestId: z.string().optional(),
  dataDigest: z.string().meta({ description: 'sha-256 of the canonical data (RFC 8785), base64url' }),
  data: jsonObject.optional().meta({ description: 'Absent once retention removed it; the digest stays' }),
});
export type AuditEntry = z.infer<typeof auditEntry>;

/** Base64 of 32 bytes, as C2SP has it. */
export const treeHash = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'must be base64 of 32 bytes');

/** The state of the log, signed by the gateway. */
export const auditCheckpoint = z.object({
  origin: z.string().meta({ description: 'Name of the log: <DID of the gateway>/<workspace>' }),
  size: z.int(),
  rootHash: treeHash,
  note: z.string().meta({ description: 'Signed note: C2SP tlog-checkpoint' }),
});
export type AuditCheckpoint = z.infer<typeof auditCheckpoint>;

/** The gateway's signed promise that an entry is in the log; what `audit.proveInclusion` then proves. */
export const auditReceipt = z.object({
  origin: z.string(),
  sequence: z.int(),
  leafHash: treeHash,
  at: timestamp,
  signature: z.string().meta({ description: 'Ed25519 by the gateway, base64url' }),
});
export type AuditReceipt = z.infer<typeof auditReceipt>;

export const inclusionProof = z.object({
  sequence: z.int(),
  size: z.int(),
  leafHash: treeHash,
  rootHash: treeHash,
  hashes: z.array(treeHash).meta({ description: 'RFC 6962 audit path, from the leaf up' }),
});
export type InclusionProof = z.infer<typeof inclusionProof>;

export const consistencyProof = z.object({
  fromSize: z.int(),
  toSize: z.int(),
  fromRootHash: treeHash,
  toRootHash: treeHash,
  hashes: z.array(treeHash).meta({ description: 'RFC 6962 consistency proof' }),
});
export type ConsistencyProof = z.infer<typeof consistencyProof>;

/** One line of an export: every entry in order, then the checkpoint over them. */
export const auditExportLine = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('entry'),
    entry: auditEntry,
    leafHash: treeHash.meta({ description: 'Of the entry; if only one of the two was changed they differ' }),
  }),
  z.object({ kind: z.literal('checkpoint'), checkpoint: auditCheckpoint }),
]);
export type AuditExportLine = z.infer<typeof auditExportLine>;

/** Something that does not hold in an export. */
export const auditFinding = z.object({
  kind: z.enum([
    'malformed',
    'edited',
    'missing',
    'reordered',
    'truncated',
    'forked',
    'unsigned',
    'wrongLog',
  ]),
  sequence: z.int().optional().meta({ description: 'The entry it is about' }),
  line: z.int().optional().meta({ description: 'Line of the export, from 1' }),
  message: z.string(),
});
export type AuditFinding = z.infer<typeof auditFinding>;

/** What the offline check of an export found. */
export const auditVerdict = z.object({
  isValid: z.boolean(),
  origin: z.string().optional(),
  size: z.int().meta({ description: 'Entries read' }),
  rootHash: treeHash.optional(),
  withoutData: z.int().meta({ description: 'Entries whose data retention had removed' }),
  findings: z.array(auditFinding),
});
export type AuditVerdict = z.infer<typeof auditVerdict>;
