import { readFileSync } from 'node:fs';
import { ValidationError } from '@bonafide/core/errors';
import type { Config } from '../config/schema.ts';

/** The operator's policies: the text and the file, one after the other; empty without any. */
export function readOperatorPolicy({ policy, policyFile }: Pick<Config, 'policy' | 'policyFile'>): string {
  return [policy ?? [], policyFile === undefined ? [] : readText(policyFile)].flat().join('\n');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const message = `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new ValidationError('The policy file is missing or unreadable.', {
      issues: [{ path: 'policyFile (BONAFIDE_POLICY_FILE)', message }],
      cause,
    });
  }
}
