export {
  connectLocalChain,
  type FaucetAmounts,
  fundAccount,
  type LocalChain,
  type LocalChainConnection,
  type LocalChainOptions,
  startLocalChain,
} from './local-chain.ts';
export { type PublishedChain, startPublishedChain } from './published-chain.ts';
