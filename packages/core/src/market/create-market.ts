import type { Client, Wallet } from '../client/types.ts';
import { BonafideError } from '../errors.ts';
import type { Market, RunningRole } from './types.ts';

interface MarketParts {
  readonly client: Client;
  readonly wallet: Wallet | undefined;
}

const load = () => import('./index.ts');

/** The roles that an agent can take; their code is loaded when the first one starts. */
export function createMarket({ client, wallet }: MarketParts): Market {
  const party = () => {
    if (wallet) return { client, address: wallet.address };
    throw new BonafideError(
      'UNSUPPORTED',
      'To trade an agent needs a wallet. Pass `wallet` to secure(), or set BONAFIDE_WALLET_KEY.',
    );
  };
  return {
    provide: (offering, work) => {
      const self = party();
      return later(async () => (await load()).provide(self, offering, work));
    },
    validate: (score, options = {}) => {
      const self = party();
      return later(async () => (await load()).validate(self, score, options));
    },
    arbitrate: (judge, options = {}) => {
      const self = party();
      return later(async () => (await load()).arbitrate(self, judge, options));
    },
    hire: async (request, options = {}) => (await load()).hire(party(), request, options),
  };
}

/** A role that starts as soon as its code is there. */
function later(start: () => Promise<RunningRole>): RunningRole {
  const starting = start();
  const stopped = starting.then((role) => role.stopped);
  stopped.catch(() => undefined);
  return {
    stopped,
    async [Symbol.asyncDispose]() {
      await (await starting)[Symbol.asyncDispose]();
    },
  };
}
