import { type Deployment, deployments } from '@bonafide/contracts';
import type { ChainInfo } from '@bonafide/core/models';
import { type PrivateKeyAccount, type PublicClient, parseEther, parseGwei } from 'viem';
import { createRateLimiter } from '../http/rate-limit.ts';
import { createKeeper, type Keeper, type KeeperHealth } from '../keeper/keeper.ts';
import type { Ledger } from '../ledger.ts';
import { createRelay, type Relay } from '../relay/relay.ts';
import { defaultRelayLimits, type RelayLimits } from '../relay/rules.ts';
import { createRelayTargets } from '../relay/targets.ts';
import type { Reads } from '../stores/store.ts';
import { createChainClient } from './client.ts';
import type { FollowLog } from './follow.ts';
import type { Freshness } from './freshness.ts';
import { createIndexer } from './indexer.ts';
import { isWalletSignature, ownsIdentity, type WalletLink } from './wallets.ts';

const RECONCILE_INTERVAL_MS = 15_000;
const OWN_WRITES_WAIT_MS = 5_000;
const LOCAL_CHAIN_ID = 31_337;
/** What the most careful public nodes take. */
const QUESTIONS_AT_ONCE = 10;
const DEFAULT_MAX_FEE_PER_GAS = parseGwei('5');
const DEFAULT_DAILY_LIMIT = parseEther('0.01');

/** The chain that a gateway serves. */
export interface ChainOptions {
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  /** Blocks on top of a block before it is indexed; default 0 on a local chain, else 2. */
  readonly confirmations?: number | undefined;
  /** Default 250 on a local chain, else 2,000. */
  readonly pollIntervalMs?: number | undefined;
  /** Blocks asked for at once while catching up, for nodes that allow few; default 2,000. */
  readonly maxBlockRange?: number | undefined;
  /** A node that agents may use; `rpcUrl` itself is never shown, since it may hold a key. */
  readonly publicRpcUrl?: string | undefined;
  /** Default 10,000. */
  readonly rpcTimeoutMs?: number | undefined;
  /** How long relay.submit waits for the block; default 10,000. */
  readonly relayWaitMs?: number | undefined;
  readonly relayLimits?: RelayLimits | undefined;
  /** Per wallet: how many transactions at once and per second after that; default 250 and 10. */
  readonly senderRate?: { readonly burst: number; readonly perSecond: number } | undefined;
  /** Absent: this gateway keeps no jobs. */
  readonly keeper?: KeeperSettings | undefined;
}

/** Who calls what time has made due, and what it may spend on that. */
export interface KeeperSettings {
  /** An account of this gateway alone: its nonces are counted here. */
  readonly account: PrivateKeyAccount;
  /** In wei; above it nothing is sent. Default 5 gwei. */
  readonly maxFeePerGas?: bigint | undefined;
  /** In wei by UTC day; default 0.01 ether. */
  readonly dailyLimit?: bigint | undefined;
  /** How often it looks; default 500 on a local chain, else 2,000. */
  readonly intervalMs?: number | undefined;
  /** Up to how long it waits before it sends, so that several keepers do not send the same; default 500 or 5,000. */
  readonly spreadMs?: number | undefined;
  /** From 0 to 1; tests replace it. */
  readonly random?: (() => number) | undefined;
}

/** What the gateway knows about and does on its chain. It starts and answers from its index while the node is away. */
export interface ChainServices extends AsyncDisposable {
  readonly info: ChainInfo;
  readonly relay: Relay;
  getHealth(): Promise<ChainHealth>;
  /** Waits, for a moment, until the index holds what this agent had relayed: an agent reads its own writes. */
  catchUpWith(agentId: string): Promise<void>;
  /** Waits, for a moment, until the index holds the newest block that the node has now. */
  catchUpWithHead(): Promise<void>;
  /** For reads that only the chain itself can answer; through `askNode`. */
  readonly node: ChainNode;
  /** How old answers from the index are. */
  getFreshness(): Freshness;
  /** Whether `signature` is that of the wallet over the link message of this agent (EOA or ERC-1271). */
  isWalletSignature(link: WalletLink): Promise<boolean>;
  /** Whether the address owns this ERC-8004 identity. */
  ownsIdentity(claim: { address: string; chainAgentId: string }): Promise<boolean>;
}

/** The chain itself, and where on it the contracts are. */
export interface ChainNode {
  readonly client: PublicClient;
  readonly deployment: Deployment;
}

export interface ChainHealth {
  readonly chain: 'ok' | 'down';
  readonly indexLagBlocks?: number;
  readonly keeper: KeeperHealth | 'off';
}

export interface ChainDeps {
  readonly ledger: Ledger;
  readonly read: Reads;
  readonly log: FollowLog;
  readonly now: () => number;
}

/** Starts to follow the chain; disposing stops that and waits for what is under way. */
export function startChainServices(options: ChainOptions, deps: ChainDeps): ChainServices {
  const { deployment } = options;
  const stopping = new AbortController();
  const client = createChainClient({
    ...settingsOf(options),
    rpcUrl: options.rpcUrl,
    signal: stopping.signal,
  });
  const common = { ...deps, ...settingsOf(options), client, deployment, signal: stopping.signal };
  const relay = createRelay({
    ...common,
    ...relaySettingsOf(options, deps.now),
    onIncluded: () => indexer.nudge(),
  });
  const reconcile = createReconciler(relay, deps);
  const reader = createChainClient({
    ...settingsOf(options),
    ...{ rpcUrl: options.rpcUrl, signal: stopping.signal, questionsAtOnce: QUESTIONS_AT_ONCE },
  });
  const indexer = createIndexer({ ...common, client: reader, onCurrent: reconcile.run });
  const keeper = startKeeper(options, { ...common, onIncluded: () => indexer.nudge() });
  const running = Promise.all([indexer.run(), keeper?.run()]);
  return {
    info: infoOf(options),
    relay,
    async getHealth() {
      const parts = { keeper: keeper?.getHealth() ?? 'off' } as const;
      if (!indexer.isConnected()) return { chain: 'down', ...parts };
      return { chain: 'ok', indexLagBlocks: indexer.getLag(), ...parts };
    },
    async catchUpWith(agentId) {
      const block = deps.read.relayed.getNewestBlockOf(agentId);
      if (block !== undefined) await indexer.waitFor(block, OWN_WRITES_WAIT_MS);
    },
    async catchUpWithHead() {
      const head = await client.getBlockNumber().catch(() => undefined);
      if (head === undefined) return;
      indexer.nudge();
      await indexer.waitFor(Number(head) - common.confirmations, OWN_WRITES_WAIT_MS);
    },
    node: { client, deployment },
    getFreshness: () => indexer.getFreshness(deps.now()),
    isWalletSignature: (link) => isWalletSignature(client, link),
    ownsIdentity: (claim) => ownsIdentity(client, { deployment, ...claim }),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await Promise.all([running, reconcile.idle(), relay[Symbol.asyncDispose]()]);
    },
  };
}

function settingsOf({ deployment, ...options }: ChainOptions) {
  const isLocal = deployment.chainId === LOCAL_CHAIN_ID;
  return {
    confirmations: options.confirmations ?? (isLocal ? 0 : 2),
    maxRange: options.maxBlockRange ?? 2_000,
    pollMs: options.pollIntervalMs ?? (isLocal ? 250 : 2_000),
    timeoutMs: options.rpcTimeoutMs ?? 10_000,
  };
}

function relaySettingsOf({ deployment, ...options }: ChainOptions, now: () => number) {
  const limiter = createRateLimiter(options.senderRate ?? { burst: 250, perSecond: 10 }, now);
  return {
    waitMs: options.relayWaitMs ?? 10_000,
    policy: {
      chainId: deployment.chainId,
      targets: createRelayTargets(deployment),
      limits: options.relayLimits ?? defaultRelayLimits,
    },
    limitSender(sender: string) {
      limiter.sweep();
      limiter.take(sender);
    },
  };
}

interface KeeperParts extends ChainDeps {
  readonly client: PublicClient;
  readonly deployment: Deployment;
  readonly pollMs: number;
  readonly onIncluded: () => void;
  readonly signal: AbortSignal;
}

function startKeeper({ keeper: settings }: ChainOptions, parts: KeeperParts): Keeper | undefined {
  const { log, deployment } = parts;
  if (!settings) {
    log.info({}, 'no keeper key: somebody else must call what time makes due');
    return undefined;
  }
  const isLocal = deployment.chainId === LOCAL_CHAIN_ID;
  const { account } = settings;
  log.info({ account: account.address }, 'the keeper works');
  return createKeeper({
    ...{ ...parts, account, chainId: deployment.chainId },
    maxFeePerGas: settings.maxFeePerGas ?? DEFAULT_MAX_FEE_PER_GAS,
    dailyLimit: settings.dailyLimit ?? DEFAULT_DAILY_LIMIT,
    intervalMs: settings.intervalMs ?? (isLocal ? 500 : 2_000),
    spreadMs: settings.spreadMs ?? (isLocal ? 500 : 5_000),
    random: settings.random ?? Math.random,
  });
}

/** Looks after transactions of unknown end beside the indexer, so that many of them do not hold it up. */
function createReconciler(relay: Relay, { now, log }: ChainDeps) {
  let next = 0;
  let running: Promise<void> | undefined;
  return {
    async run() {
      if (running || now() < next) return;
      next = now() + RECONCILE_INTERVAL_MS;
      running = relay
        .reconcile()
        .catch(() => log.warn({}, 'could not look after relayed transactions'))
        .finally(() => {
          running = undefined;
        });
    },
    idle: () => running ?? Promise.resolve(),
  };
}

function infoOf({ deployment, publicRpcUrl }: ChainOptions): ChainInfo {
  const { chainId, usdcName, timelock, startBlock, ...contracts } = deployment;
  const known = Object.entries(deployments).find(([, published]) => published.chainId === chainId);
  return {
    chainId,
    name: known?.[0] ?? `chain-${chainId}`,
    ...(publicRpcUrl && { rpcUrl: publicRpcUrl }),
    ...contracts,
    startBlock: String(startBlock),
  };
}
