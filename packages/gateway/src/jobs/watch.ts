import type { Event } from '@bonafide/core/models';
import { type Context, requireChain } from '../context.ts';
import { toCloudEvent } from '../events/cloud-event.ts';
import { followEvents } from '../events/follow.ts';
import type { StreamItem } from '../handlers/types.ts';
import type { JsonObject } from '../json.ts';
import type { StoredEvent } from '../stores/store.ts';
import { CHAIN_WORKSPACE } from '../workspaces/names.ts';

export interface JobFilter {
  readonly cursor?: string | undefined;
  readonly jobId?: string | undefined;
  readonly party?: string | undefined;
}

/** Events of jobs and their disputes from a cursor on, then live. */
export function watchJobs(context: Context, filter: JobFilter): AsyncIterable<StreamItem<Event>> {
  requireChain(context);
  return follow(context, filter);
}

async function* follow(context: Context, filter: JobFilter): AsyncGenerator<StreamItem<Event>> {
  for await (const followed of followEvents(context, context.cursor ?? filter.cursor)) {
    if (followed.kind === 'reset') yield { reset: { oldest: String(followed.oldest) } };
    else if (matches(followed.event, filter)) {
      const data = toCloudEvent({ ...followed.event, id: followed.id }, context.services.did);
      yield { id: data.id, data };
    }
  }
}

function matches({ workspace, type, subject, data }: StoredEvent, { jobId, party }: JobFilter): boolean {
  if (workspace !== CHAIN_WORKSPACE || !/^(job|dispute)\./.test(type)) return false;
  if (jobId !== undefined && subject !== jobId) return false;
  return party === undefined || accountsOf(data).has(party.toLowerCase());
}

function accountsOf({ client, provider, judges }: JsonObject): ReadonlySet<string> {
  const named = [client, provider, ...(Array.isArray(judges) ? judges : [])];
  return new Set(named.flatMap((each) => (typeof each === 'string' ? each.toLowerCase() : [])));
}
