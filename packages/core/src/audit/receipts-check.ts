import { BonafideError } from '../errors.ts';
import type { CryptoBackend } from '../identity/backends/backend.ts';
import type { AuditReceipt } from '../models/audit.ts';
import type { Findings } from './findings.ts';
import { verifyReceipt } from './receipt.ts';

/** Looks for what was promised. */
export interface ReceiptsCheck {
  /** Takes the leaf hashes of an entry: the one its line claims and the one it has. */
  see(sequence: number, leafHashes: readonly string[]): void;
  finish(end: { readonly origin: string | undefined; readonly lastSequence: number }): void;
}

export async function createReceiptsCheck(
  receipts: readonly AuditReceipt[],
  options: {
    readonly findings: Findings;
    readonly gatewayDid?: string | undefined;
    readonly backend?: CryptoBackend;
  },
): Promise<ReceiptsCheck> {
  const { findings } = options;
  const good: AuditReceipt[] = [];
  for (const receipt of receipts) if (await isSigned(receipt, options)) good.push(receipt);
  const wanted = Map.groupBy(good, ({ sequence }) => sequence);
  return {
    see(sequence, leafHashes) {
      for (const { leafHash } of wanted.get(sequence) ?? []) {
        if (leafHashes.includes(leafHash)) continue;
        const message = `Entry ${sequence} is not the one that a signed receipt was given for: it was rewritten.`;
        findings.add({ kind: 'forked', sequence, message });
      }
    },
    finish({ origin, lastSequence }) {
      for (const receipt of good) {
        const { sequence } = receipt;
        if (origin !== undefined && receipt.origin !== origin) {
          findings.add({ kind: 'wrongLog', message: `A receipt is of the log ${receipt.origin}.` });
        } else if (sequence > lastSequence) {
          const message = `A signed receipt says that entry ${sequence} was logged, but the export ends after entry ${lastSequence}.`;
          findings.add({ kind: 'truncated', sequence, message });
        }
      }
    },
  };
}

async function isSigned(
  receipt: AuditReceipt,
  { findings, gatewayDid, backend }: Parameters<typeof createReceiptsCheck>[1],
): Promise<boolean> {
  try {
    await verifyReceipt(receipt, { gatewayDid, ...(backend ? { backend } : {}) });
    return true;
  } catch (error) {
    if (!BonafideError.is(error)) throw error;
    const { sequence } = receipt;
    findings.add({
      kind: error.details.reason === 'unknown-key' ? 'wrongLog' : 'unsigned',
      sequence,
      message: `The receipt for entry ${sequence} proves nothing. ${error.message}`,
    });
    return false;
  }
}
