import type { ControlEvidence } from '@bonafide/core/models';
import type { KeyStart } from '../stores/compliance.ts';
import type { Reader } from '../stores/store.ts';
import { KEY_MAX_DAYS } from './checks.ts';
import { createTally } from './evidence.ts';
import { pause } from './pause.ts';

const PAGE = 200;

export interface KeyEvidence {
  readonly keysInUse: ControlEvidence;
  readonly oldKeys: ControlEvidence;
}

interface Question {
  /** RFC 3339: how old the keys were then. */
  readonly time: string;
  readonly agentId?: string | undefined;
  readonly signal: AbortSignal;
  onOldKey(key: KeyStart): void;
}

/** The keys that active agents had at some time, and which of them were too old by then. */
export async function readKeyEvidence(
  reader: Reader,
  { time, agentId, signal, onOldKey }: Question,
): Promise<KeyEvidence> {
  const inUse = createTally('Keys in use at the end of the period, by the entry that started their use');
  const old = createTally(`Keys in use for more than ${KEY_MAX_DAYS} days`);
  const limit = new Date(Date.parse(time) - KEY_MAX_DAYS * 86_400_000).toISOString();
  for await (const key of keysAt(reader, { time, signal })) {
    if (agentId !== undefined && key.agentId !== agentId) continue;
    if (!isActiveAt(reader, { agentId: key.agentId, time })) continue;
    inUse.add(key.sequence);
    if (key.at >= limit) continue;
    old.add(key.sequence);
    onOldKey(key);
  }
  return { keysInUse: inUse.toEvidence(), oldKeys: old.toEvidence() };
}

async function* keysAt(
  { tables, workspace }: Reader,
  { time, signal }: { time: string; signal: AbortSignal },
): AsyncGenerator<KeyStart> {
  for (let after = ''; ; ) {
    const page = tables.auditMarks.listKeyStarts({ workspace, time }, { after, limit: PAGE });
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = last.agentId;
    await pause(signal);
  }
}

// A revoked agent is never changed again, so its last change is its revocation.
function isActiveAt(
  { tables, workspace }: Reader,
  { agentId, time }: { agentId: string; time: string },
): boolean {
  const agent = tables.agents.get({ workspace, id: agentId });
  return agent !== undefined && (agent.status === 'active' || agent.updatedAt >= time);
}
