import { readPage } from '../paging.ts';
import { createToken, revokeToken } from '../tokens/tokens.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const tokenHandlers: HandlersOf<IdsOf<'tokens'>> = {
  'tokens.create': async (context, input) => context.commit((tx) => createToken(tx, input)),
  'tokens.list': async ({ read, workspace }, input) =>
    readPage({
      input,
      read: ({ beyond, limit }) => read.tokens.list(workspace, { before: beyond, limit }),
      keyOf: ({ tokenId }) => tokenId,
    }),
  'tokens.revoke': async (context, { tokenId }) => context.commit((tx) => revokeToken(tx, tokenId)),
};
