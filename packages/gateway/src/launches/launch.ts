import { BonafideError } from '@bonafide/core/errors';
import type { Assignment, Launch } from '@bonafide/core/models';
import type { Transaction } from '../ledger.ts';
import type { StoredLaunch } from '../stores/launches.ts';
import { tell } from '../tasks/tell.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../time.ts';
import { createToken, revokeToken } from '../tokens/tokens.ts';
import { chooseOrchestrator } from './orchestrators.ts';

/** Within this time the instance must connect. */
const START_MS = 2 * MINUTE_MS;
const TOKEN_MS = HOUR_MS;
const RETRY_MS = 5 * SECOND_MS;
const MAX_FAILURES = 3;

type LaunchChange = Partial<Pick<StoredLaunch, 'dueAt' | 'failures' | 'failedWith'>> & {
  readonly status: Launch['status'];
  readonly orchestrator?: string | undefined;
  readonly reason?: string | undefined;
  readonly tokenId?: string | undefined;
};

/**
 * Asks the orchestrator that has the least to do, with a token that lets nobody connect but the new instance; without
 * one the launch waits.
 */
export function assignLaunch(tx: Transaction, launch: StoredLaunch): StoredLaunch {
  const orchestrator = chooseOrchestrator(tx, launch);
  if (orchestrator === undefined) return launch;
  revokeTokensOf(tx, launch);
  const dueAt = after(tx, START_MS);
  const { tokenId, secret, expiresAt } = createToken(tx, {
    ...{ name: `launch of ${launch.implementation}`, role: 'task', address: launch.address },
    expiresAt: after(tx, TOKEN_MS),
  });
  const assigned = change(tx, launch, { status: 'assigned', orchestrator, tokenId, dueAt });
  const body = toAssignment(launch, { taskToken: secret, expiresAt: expiresAt ?? dueAt });
  const message = { kind: 'assignment', messageId: tokenId, expiresAt: tx.nowMs + START_MS } as const;
  if (tell(tx, { to: orchestrator, ...message, body })) return assigned;
  return noteFailure(tx, assigned, { outcome: 'failed', reason: `The inbox of ${orchestrator} is full.` });
}

/** Its instance connected. */
export function noteStarted(tx: Transaction, launch: StoredLaunch): StoredLaunch {
  const { orchestrator, tokenId } = launch;
  return change(tx, launch, { status: 'started', orchestrator, tokenId });
}

/** The orchestrator is gone before anything started: another is asked, which counts as no failure. */
export function reassignLaunch(tx: Transaction, launch: StoredLaunch): StoredLaunch {
  revokeTokensOf(tx, launch);
  const reason = `${launch.orchestrator} went away before anything started.`;
  return assignLaunch(tx, change(tx, launch, { status: 'waiting', reason, dueAt: tx.now }));
}

/** Nothing came of it: another orchestrator is asked, or the same one later, until it failed too often. */
export function noteFailure(
  tx: Transaction,
  launch: StoredLaunch,
  { outcome, reason }: { readonly outcome: 'failed' | 'expired'; readonly reason: string },
): StoredLaunch {
  revokeTokensOf(tx, launch);
  const failures = launch.failures + 1;
  const failedWith = [
    ...new Set([...launch.failedWith, ...(launch.orchestrator ? [launch.orchestrator] : [])]),
  ];
  if (failures >= MAX_FAILURES) {
    const { orchestrator } = launch;
    return change(tx, launch, { status: outcome, orchestrator, reason, failures, failedWith });
  }
  const dueAt = after(tx, RETRY_MS * failures);
  const waiting = change(tx, launch, { status: 'waiting', reason, failures, failedWith, dueAt });
  const isSomebodyElseThere = !failedWith.includes(chooseOrchestrator(tx, waiting) ?? failedWith[0] ?? '');
  return isSomebodyElseThere ? assignLaunch(tx, waiting) : waiting;
}

/** As the wire has it. */
export function presentLaunch(launch: StoredLaunch): Launch {
  const {
    isPooled: _,
    failures: _failures,
    failedWith: _with,
    tokenId: _token,
    dueAt: _due,
    ...shown
  } = launch;
  return shown;
}

/** Writes the launch and tells who follows it. */
export function insertLaunch(tx: Transaction, launch: StoredLaunch): StoredLaunch {
  tx.tables.launches.insert(launch);
  recordLaunch(tx, launch);
  return launch;
}

function change(tx: Transaction, launch: StoredLaunch, to: LaunchChange): StoredLaunch {
  const { orchestrator: _, reason: _reason, tokenId: _token, ...rest } = launch;
  const { orchestrator, reason, tokenId, ...more } = to;
  const next: StoredLaunch = {
    ...{ ...rest, ...more, updatedAt: tx.now },
    ...(orchestrator === undefined ? {} : { orchestrator }),
    ...(reason === undefined ? {} : { reason }),
    ...(tokenId === undefined ? {} : { tokenId }),
  };
  if (!tx.tables.launches.update(next, launch)) {
    throw new BonafideError('CONFLICT', `Launch ${launch.launchId} was changed meanwhile. Read it again.`);
  }
  recordLaunch(tx, next);
  return next;
}

function recordLaunch(tx: Transaction, launch: StoredLaunch): void {
  const { launchId, implementation, address, status, orchestrator = null, reason = null } = launch;
  tx.event({
    type: `launch.${status}`,
    subject: launchId,
    data: { launchId, implementation, address, orchestrator, reason },
  });
}

/** What was given out for an address before opens nothing any more. */
function revokeTokensOf(tx: Transaction, { workspace, address }: StoredLaunch): void {
  for (const { tokenId } of tx.tables.tokens.listUnrevokedOfAddress(workspace, address))
    revokeToken(tx, tokenId);
}

function toAssignment(
  { launchId, implementation, address, profile, launchParameters, taskId }: StoredLaunch,
  secret: Pick<Assignment, 'taskToken' | 'expiresAt'>,
): Assignment {
  const task = taskId === undefined ? {} : { taskId };
  return { launchId, implementation, address, profile, launchParameters, ...task, ...secret };
}

function after({ nowMs }: Transaction, ms: number): string {
  return new Date(nowMs + ms).toISOString();
}
