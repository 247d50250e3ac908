import { formatAddress } from '@bonafide/core/models';
import type { Session } from '../sessions/session.ts';
import type { LocalInboxes } from './local.ts';
import { createPoolSource } from './pool-source.ts';
import { type InboxReader, type ReaderOptions, StreamSource } from './stream-source.ts';

interface Shared {
  readonly address: string;
  /** Whether each message goes to one of those who read it, rather than to all. */
  readonly isPool: boolean;
}

/** Reads everything that comes to a session: its own inbox, and those that it takes part in. */
export function openReaders(options: ReaderOptions, local: LocalInboxes): readonly InboxReader[] {
  const { workspace, name } = options.session;
  const own = local.join(new StreamSource({ workspace, address: name }, options));
  const shared = sharedOf(options.session);
  if (!shared) return [own];
  const inbox = { workspace, address: shared.address };
  if (!shared.isPool) return [own, local.join(new StreamSource(inbox, options))];
  const dispatch = () => local.dispatch(inbox);
  return [own, local.joinPool(createPoolSource({ ...options, inbox, dispatch }))];
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
