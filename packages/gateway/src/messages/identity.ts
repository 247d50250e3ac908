import type { Services } from '../context.ts';
import type { Session } from '../sessions/session.ts';
import type { InboxName, MemberGroup } from '../stores/messages.ts';
import type { Tables } from '../stores/store.ts';
import type { Turns } from './turn.ts';

/** A session as senders are known: by the id of its own inbox. */
export interface Identity {
  /** Inside a change, which may be undone. */
  idIn(tables: Tables): number;
  /** What was changed is durable. */
  learn(): void;
}

const groups: { readonly [Type in Session['address']['type']]?: MemberGroup } = {
  'workflow-engine': 'events',
  'metrics-bridge': 'metrics',
};

/**
 * Lets the session into the groups of its type, and proves that it is the one which has its address. What its predecessor
 * on this gateway left is committed before `onKnown` is called.
 */
export function introduce(
  session: Session,
  { turns, onKnown }: { readonly turns: Turns; onKnown(): void },
): void {
  const group = groups[session.address.type];
  turns.add({
    write({ tables: { inboxes } }) {
      if (group) inboxes.join(inboxes.ensure(inboxOfSession(session)), group);
    },
    done: onKnown,
    failed: (error) => session.close(error),
  });
}

export function createIdentity(session: Session, { store }: Services): Identity {
  const inbox = inboxOfSession(session);
  let id: number | undefined;
  return {
    idIn: ({ inboxes }) => id ?? inboxes.ensure(inbox),
    learn() {
      id ??= store.read.inboxes.find(inbox)?.inboxId;
    },
  };
}

function inboxOfSession({ workspace, name }: Session): InboxName {
  return { workspace, address: name };
}
