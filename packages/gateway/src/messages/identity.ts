import type { Services } from '../context.ts';
import type { Session } from '../sessions/session.ts';
import type { MemberGroup } from '../stores/messages.ts';
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
  { services, turns, onKnown }: { readonly services: Services; readonly turns: Turns; onKnown(): void },
): Identity {
  const { workspace, name, address } = session;
  const inbox = { workspace, address: name };
  let id: number | undefined;
  turns.add({
    write({ tables: { inboxes } }) {
      const group = groups[address.type];
      if (group) inboxes.join(inboxes.ensure(inbox), group);
    },
    done: onKnown,
    failed: (error) => session.close(error),
  });
  return {
    idIn: ({ inboxes }) => id ?? inboxes.ensure(inbox),
    learn() {
      id ??= services.store.read.inboxes.find(inbox)?.inboxId;
    },
  };
}
