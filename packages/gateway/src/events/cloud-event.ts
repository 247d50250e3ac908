import type { Event } from '@bonafide/core/models';
import type { StoredEvent } from '../stores/store.ts';

/** A stored event as it is sent, over the stream and to webhooks alike; `source` is the DID of the gateway. */
export function toCloudEvent(event: StoredEvent & { readonly id: number }, source: string): Event {
  const { id, type, subject, time, data } = event;
  return { specversion: '1.0', id: String(id), source, type, subject, time, data };
}

/** Whether a type is one of these; `approval.*` covers all that begin so. */
export function isOneOf(type: string, wanted: readonly string[]): boolean {
  return wanted.some((each) => (each.endsWith('*') ? type.startsWith(each.slice(0, -1)) : type === each));
}
