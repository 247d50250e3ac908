import type { Context } from '../context.ts';
import { canonicalDelegate } from '../grants/delegate.ts';
import { createGrant, type Person, personOf, revokeGrant, visibleGrants } from '../grants/grants.ts';
import { readPage } from '../paging.ts';
import { placeOf } from '../sessions/place.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const grantHandlers: HandlersOf<IdsOf<'grants'>> = {
  'grants.create': async (context, input) =>
    context.commit((tx) => createGrant(tx, { input, by: callerOf(context) })),
  'grants.list': async (context, { subject, delegate, ...input }) => {
    const query = visibleGrants(context, placeOf(context));
    const wanted = delegate === undefined ? undefined : canonicalDelegate(delegate);
    return readPage({
      input,
      read: ({ beyond, limit }) =>
        context.read.grants.list({ ...query, subject, delegate: wanted }, { before: beyond, limit }),
      keyOf: ({ grantId }) => grantId,
    });
  },
  'grants.revoke': async (context, { grantId }) =>
    context.commit((tx) => revokeGrant(tx, { grantId, by: callerOf(context) })),
};

function callerOf(context: Context): Person | undefined {
  return personOf(context, placeOf(context));
}
