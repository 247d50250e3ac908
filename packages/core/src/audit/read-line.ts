import { z } from 'zod';
import {
  type AuditCheckpoint,
  type AuditEntry,
  auditCheckpoint,
  auditEntry,
  treeHash,
} from '../models/audit.ts';

/** A line of an export as read, or what is wrong with it. */
export type ReadLine =
  | { readonly kind: 'entry'; readonly entry: AuditEntry; readonly leafHash: string }
  | { readonly kind: 'checkpoint'; readonly checkpoint: AuditCheckpoint }
  | { readonly kind: 'malformed'; readonly problem: string };

// Stricter than the models: a field that nobody knows is not covered by the leaf. The data stays the very object that was
// parsed, so its digest is over what is in the file.
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
const entry = z.strictObject({
  ...auditEntry.shape,
  sequence: auditEntry.shape.sequence.min(1),
  data: z.custom<NonNullable<AuditEntry['data']>>(isObject, 'must be an object').optional(),
});
const exportLine = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('entry'), entry, leafHash: treeHash }),
  z.strictObject({ kind: z.literal('checkpoint'), checkpoint: z.strictObject(auditCheckpoint.shape) }),
]);

/**
 * Reads one line. JSON has many spellings of one value, and of a duplicate key readers take either; so a line must be
 * spelled as `JSON.stringify` does, which is how an export is written.
 */
export function readLine(text: string): ReadLine {
  const value = parse(text);
  if (value === undefined) return { kind: 'malformed', problem: 'is not JSON as an export spells it' };
  const result = exportLine.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  return { kind: 'malformed', problem: `is no line of an export (${where}${issue?.message ?? 'unknown'})` };
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    // Whatever the parser says about it, the line is not JSON; nested too deeply counts as that.
    return undefined;
  }
}
