import { readPage } from '../paging.ts';
import { createToken, presentToken, revokeToken } from '../tokens/tokens.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const tokenHandlers: HandlersOf<IdsOf<'tokens'>> = {
  'tokens.create': async (context, input) => {
    const { principal } = context;
    const member = principal.kind === 'token' ? principal.member : undefined;
    return context.commit((tx) => createToken(tx, { ...input, member }));
  },
  'tokens.list': async ({ read, workspace }, input) => {
    const { items, ...rest } = readPage({
      input,
      read: ({ beyond, limit }) => read.tokens.list(workspace, { before: beyond, limit }),
      keyOf: ({ tokenId }) => tokenId,
    });
    return { items: items.map((token) => presentToken(read, token)), ...rest };
  },
  'tokens.revoke': async (context, { tokenId }) => context.commit((tx) => revokeToken(tx, tokenId)),
};
