import { originOf, receiptSigningBytes } from '@bonafide/core/audit';
import type { AuditReceipt } from '@bonafide/core/models';
import type { Services } from '../context.ts';
import type { AppendedEntry } from '../stores/store.ts';

/** The gateway's signed promise that an entry is in the log. */
export function signReceipt(services: Pick<Services, 'did' | 'sign'>, entry: AppendedEntry): AuditReceipt {
  const promise = {
    origin: originOf(services.did, entry.workspace),
    sequence: entry.sequence,
    leafHash: Buffer.from(entry.leafHash).toString('base64'),
    at: entry.at,
  };
  const signature = Buffer.from(services.sign(receiptSigningBytes(promise))).toString('base64url');
  return { ...promise, signature };
}
