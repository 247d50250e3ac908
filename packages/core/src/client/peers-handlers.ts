import { BonafideError } from '../errors.ts';
import type { LocalContext, LocalHandlersOf } from './local-handlers.ts';
import type { PeerNetwork } from './types.ts';

/** Local operations about peers: all of them are done by the network that the agent was given. */
export const localHandlers: LocalHandlersOf<'peers'> = {
  'peers.connect': async (context, input) => (await networkOf(context)).operations.connect(input, context),
  'peers.sendIntent': async (context, input) =>
    (await networkOf(context)).operations.sendIntent(input, context),
  'peers.execute': async (context, input) => (await networkOf(context)).operations.execute(input, context),
  'peers.close': async (context, input) => (await networkOf(context)).operations.close(input),
  'peers.list': async (context) => (await networkOf(context)).operations.list(),
};

function networkOf({ peers, signal }: LocalContext): Promise<PeerNetwork> {
  if (peers) return peers(signal);
  throw new BonafideError(
    'UNSUPPORTED',
    'This agent has no peer network: install @bonafide/p2p and pass `peers: openPeers` to secure().',
  );
}
