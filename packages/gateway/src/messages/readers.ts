import { formatAddress } from '@bonafide/core/models';
import type { Session } from '../sessions/session.ts';
import type { LocalInboxes } from './local.ts';
import { createPoolSource } from './pool-source.ts';
import { createStreamSource, type InboxReader, type ReaderOptions } from './stream-source.ts';

interface Shared {
  readonly address: string;
  /** Whether each message goes to one of those who read it, rather than to all. */
  readonly isPool: boolean;
}

/** Reads everything that comes to a session: its own inbox, and those that it takes part in. */
export function openReaders(
  options: Omit<ReaderOptions, 'inbox'> & { readonly local: LocalInboxes },
): readonly InboxReader[] {
  const { workspace, name } = options.session;
  const own = openStream(options, { workspace, address: name });
  const shared = sharedOf(options.session);
  if (!shared) return [own];
  const inbox = { workspace, address: shared.address };
  return [own, shared.isPool ? openPool(options, inbox) : openStream(options, inbox)];
}

function openStream(
  { local, ...options }: Parameters<typeof openReaders>[0],
  inbox: ReaderOptions['inbox'],
): InboxReader {
  const reader = createStreamSource({ ...options, inbox });
  return leavingOnClose(reader, local.join(reader));
}

function openPool(
  { local, ...options }: Parameters<typeof openReaders>[0],
  inbox: ReaderOptions['inbox'],
): InboxReader {
  const reader = createPoolSource({ ...options, inbox, dispatch: () => local.dispatch(inbox) });
  return leavingOnClose(reader, local.joinPool(reader));
}

/** The same reader, so that deliveries find it. */
function leavingOnClose(reader: InboxReader, leave: () => void): InboxReader {
  const { close } = reader;
  return Object.assign(reader, {
    close(unsettled: readonly number[]) {
      leave();
      close(unsettled);
    },
  });
}

function sharedOf({ address }: Session): Shared | undefined {
  switch (address.type) {
    case 'user':
      return { address: formatAddress({ type: 'user-windows', user: address.user }), isPool: false };
    case 'pooled-task': {
      const { workspace, implementation } = address;
      return { address: formatAddress({ type: 'pool', workspace, implementation }), isPool: true };
    }
    case 'service': {
      const { implementation } = address;
      return { address: formatAddress({ type: 'any-service', implementation }), isPool: true };
    }
    default:
      return undefined;
  }
}
