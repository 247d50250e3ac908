import { createToken } from './create.ts';
import { listTokens } from './list.ts';
import { revokeToken } from './revoke.ts';

export const tokens = { create: createToken, list: listTokens, revoke: revokeToken };
