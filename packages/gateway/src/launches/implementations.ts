import { BonafideError } from '@bonafide/core/errors';
import type { Implementation } from '@bonafide/core/models';
import type { JsonObject } from '../json.ts';
import type { Transaction } from '../ledger.ts';
import type { StoredImplementation } from '../stores/launches.ts';
import { DEMAND_TOPIC } from './demand.ts';

/** Each is looked at whenever work may be waiting. */
const MAX_IMPLEMENTATIONS = 1000;
const MAX_PARAMETER_BYTES = 16_384;

export interface NewImplementation {
  readonly implementation: string;
  readonly profile: string;
  readonly launchParameters?: JsonObject | undefined;
  readonly description?: string | undefined;
  readonly taskTypes?: readonly string[] | undefined;
  readonly maxInstances: number;
}

/** Registers how an implementation is started, or changes it; what is being started already stays as it was. */
export function putImplementation(
  tx: Transaction,
  workspace: string,
  input: NewImplementation,
): Implementation {
  const { implementation, profile, launchParameters = {}, description, taskTypes = [], maxInstances } = input;
  assertParameters(launchParameters);
  const { implementations } = tx.tables;
  const before = implementations.get(workspace, implementation);
  if (
    !before &&
    implementations.list(workspace, { limit: MAX_IMPLEMENTATIONS }).length === MAX_IMPLEMENTATIONS
  ) {
    throw new BonafideError(
      'LIMIT_EXCEEDED',
      `A workspace has at most ${MAX_IMPLEMENTATIONS} implementations.`,
    );
  }
  const stored: StoredImplementation = {
    ...{ workspace, implementation, profile, launchParameters },
    ...(description === undefined ? {} : { description }),
    ...{ taskTypes: [...new Set(taskTypes)], maxInstances },
    ...{ createdAt: before?.createdAt ?? tx.now, updatedAt: tx.now },
  };
  implementations.put(stored);
  tx.record({
    type: 'implementation.put',
    subject: implementation,
    data: { implementation, profile, maxInstances },
  });
  tx.publish(DEMAND_TOPIC);
  return presentImplementation(stored);
}

/** Forgets it; deleting what is not there changes nothing. */
export function deleteImplementation(
  tx: Transaction,
  { workspace, implementation }: Pick<StoredImplementation, 'workspace' | 'implementation'>,
): { isDeleted: boolean } {
  const isDeleted = tx.tables.implementations.remove(workspace, implementation);
  if (isDeleted) {
    tx.record({ type: 'implementation.deleted', subject: implementation, data: { implementation } });
  }
  return { isDeleted };
}

export function presentImplementation({ workspace: _, ...shown }: StoredImplementation): Implementation {
  return shown;
}

/** PAYLOAD_TOO_LARGE: they go into every assignment, and metadata into every list. */
export function assertParameters(parameters: JsonObject | undefined): void {
  if (parameters === undefined || Buffer.byteLength(JSON.stringify(parameters)) <= MAX_PARAMETER_BYTES)
    return;
  throw new BonafideError(
    'PAYLOAD_TOO_LARGE',
    `Launch parameters and metadata have at most ${MAX_PARAMETER_BYTES} bytes.`,
  );
}
