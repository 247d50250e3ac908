import type { InboxName } from '../stores/messages.ts';

/** Something was put into an inbox, or back into it. */
export function inboxTopic({ workspace, address }: InboxName): string {
  return `inbox/${workspace}/${address}`;
}

/** Live messages to groups of a workspace. */
export function liveSubject(workspace: string): string {
  return `live/${workspace}`;
}
