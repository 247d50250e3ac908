import type { Reader } from '../stores/store.ts';
import { settingsOf } from '../workspaces/settings.ts';
import type { Background } from './log-queries.ts';
import { pause } from './pause.ts';

const PAGE = 100;

interface Ending {
  readonly id: string;
  /** When it ended; undefined while it lasts. */
  readonly endedAt: string | undefined;
}

type ReadPage = (before: string | undefined) => Ending[];

/** Who had lost access before `from`, and what else the log is read against. */
export async function readBackground(
  reader: Reader,
  { from, signal }: { from: string; signal: AbortSignal },
): Promise<Background> {
  const { tables, workspace } = reader;
  const actors: string[] = [];
  for (const [kind, readPage] of Object.entries(endingsOf(reader))) {
    for await (const { id, endedAt } of allOf(readPage, signal)) {
      if (endedAt !== undefined && endedAt < from) actors.push(`${kind}:${id}`);
    }
  }
  const known = new Map<string, boolean>();
  return {
    endedActors: actors,
    redactedFields: settingsOf(reader).redactedFields,
    isRegistered(agentId) {
      const isKnown = known.get(agentId) ?? tables.agents.get({ workspace, id: agentId }) !== undefined;
      known.set(agentId, isKnown);
      return isKnown;
    },
    isDecidedByRule: (actionId) => tables.actions.get({ workspace, id: actionId })?.rule !== undefined,
  };
}

// Whoever has lost access is never changed again, so its last change is when it lost it.
function endingsOf({ tables, workspace }: Reader): Readonly<Record<'agent' | 'token' | 'member', ReadPage>> {
  return {
    agent: (before) =>
      tables.agents
        .list({ workspace, status: 'revoked' }, { before, limit: PAGE })
        .map(({ agentId, updatedAt }) => ({ id: agentId, endedAt: updatedAt })),
    token: (before) =>
      tables.tokens
        .list(workspace, { before, limit: PAGE })
        .map(({ tokenId, revokedAt }) => ({ id: tokenId, endedAt: revokedAt })),
    member: (before) =>
      tables.members.list(workspace, { before, limit: PAGE }).map(({ memberId, status, updatedAt }) => ({
        id: memberId,
        endedAt: status === 'removed' ? updatedAt : undefined,
      })),
  };
}

async function* allOf(readPage: ReadPage, signal: AbortSignal): AsyncGenerator<Ending> {
  for (let before: string | undefined; ; ) {
    const page = readPage(before);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    before = last.id;
    await pause(signal);
  }
}
