import type { Market } from '../market/types.ts';
import type { Action } from '../models/action.ts';
import type { Agent as AgentRecord } from '../models/agent.ts';
import type { Risk } from '../models/common.ts';
import type { Operation, StreamOperation } from '../operations/define.ts';
import type { Operations } from '../operations/registry.ts';
import type { Session, SessionOptions } from '../session/types.ts';
import type { StreamGap } from '../transport/sse.ts';
import type { Insights } from './insights.ts';
import type { Tracking } from './tracking-types.ts';

/** What every call takes beside its input. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Time for the whole call with its retries; for a local operation first for a person, who may need minutes, then for a peer. */
  readonly timeoutMs?: number | undefined;
  /** Names one logical write; made by the SDK when absent, never by a model. */
  readonly idempotencyKey?: string | undefined;
}

/** What a stream takes beside its input; without `timeoutMs` it is endless. */
export interface StreamOptions extends Omit<CallOptions, 'idempotencyKey'> {
  /** Called where events were lost, after which the stream goes on; without it a gap throws EXPIRED. */
  readonly onGap?: ((gap: StreamGap) => void) | undefined;
}

// Structural and unconstrained on purpose: comparing an operation with `Operation` would make the compiler compare
// schemas with schemas, which costs consumers more than everything else here together.
interface Typed<Input, Output> {
  readonly input: { readonly _zod: { readonly input: Input } };
  readonly output: { readonly _zod: { readonly output: Output } };
}

type Arguments<Input, Options> =
  Record<string, never> extends Input
    ? [input?: Input, options?: Options]
    : [input: Input, options?: Options];

/** An operation as a method: a promise of its output, or the events of a stream. */
export type Method<Op> =
  Op extends Typed<infer Input, infer Output>
    ? Op extends { readonly kind: 'stream' }
      ? (...args: Arguments<Input, StreamOptions>) => AsyncIterable<Output>
      : (...args: Arguments<Input, CallOptions>) => Promise<Output>
    : never;

/** `client.jobs.create(input)`: one method for each operation of the registry. */
export type Client = {
  readonly [Noun in keyof Operations]: {
    readonly [Verb in keyof Operations[Noun]]: Method<Operations[Noun][Verb]>;
  };
};

/** Calls any operation by value; what adapters loop over. Input is validated here, so it may come from a model. */
export interface Invoker {
  invoke(operation: Operation, input: unknown, options?: CallOptions): Promise<unknown>;
  stream(operation: StreamOperation, input: unknown, options?: StreamOptions): AsyncIterable<unknown>;
}

/** A viem local account, such as `privateKeyToAccount(key)` makes; typed without viem, which loads only when it is used. */
export interface LocalWallet {
  readonly address: `0x${string}`;
  readonly type: 'local';
  signMessage(request: never): Promise<`0x${string}`>;
  signTransaction(transaction: never): Promise<unknown>;
  signTypedData(typedData: never): Promise<`0x${string}`>;
}

/** An account of an EIP-1193 provider, such as a browser wallet. It signs and sends itself, and asks its owner. */
export interface ProviderWallet {
  readonly address: `0x${string}`;
  readonly provider: {
    request(request: { readonly method: string; readonly params: readonly unknown[] }): Promise<unknown>;
  };
}

/**
 * A contract account (ERC-1271), such as a viem smart account with a bundler. Its signatures may have any length; the
 * contracts ask the account whether they hold. `sendTransaction` resolves with the hash of the transaction that ran it.
 */
export interface SmartWallet {
  readonly address: `0x${string}`;
  readonly type: 'smart';
  signMessage(request: never): Promise<`0x${string}`>;
  signTypedData(typedData: never): Promise<`0x${string}`>;
  sendTransaction(call: { readonly to: `0x${string}`; readonly data: `0x${string}` }): Promise<`0x${string}`>;
}

/** Who signs for an agent on the chain, and pays its gas. */
export type Wallet = LocalWallet | ProviderWallet | SmartWallet;

/** What the wallet may spend; checked before every signature that moves money. A signature counts when it is made. */
export interface WalletLimits {
  /** For one job, bond, stake, transfer or allowance. */
  readonly perJobUsdc?: string | undefined;
  /** In any 24 hours. In Node counted in a file beside the keys, over restarts and processes; elsewhere in memory. */
  readonly perDayUsdc?: string | undefined;
  /** Addresses that may be paid, beside the contracts themselves; absent: any. */
  readonly allowedProviders?: readonly string[] | undefined;
}

/** One payment that was signed: `key` says what for, so that signing it again does not count twice. */
export interface Spending {
  readonly key: string;
  readonly units: bigint;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Counts what wallets spend. */
export interface Spendings {
  /**
   * Adds a payment of a wallet unless `check` throws at those since `since`. Nobody else adds in between. Rejects when
   * it cannot be counted; then nothing may be signed.
   */
  add(
    spending: Spending & { readonly wallet: string; readonly since: number },
    check: (recent: readonly Spending[]) => void,
  ): Promise<void>;
}

type Outcome<Verb extends keyof Operations['peers']> = Awaited<ReturnType<Client['peers'][Verb]>>;
type Input<Verb extends keyof Operations['peers']> = NonNullable<Parameters<Client['peers'][Verb]>[0]>;

/**
 * What the `peers` operations run on; `openPeers` of `@bonafide/p2p` makes one. Permission was asked before these are
 * called.
 */
export interface PeerNetwork extends AsyncDisposable {
  /** Aborted once it is over, with why: CONFLICT when another process of the agent took over. */
  readonly signal: AbortSignal;
  readonly operations: {
    connect(input: Input<'connect'>, options: CallOptions): Promise<Outcome<'connect'>>;
    sendIntent(input: Input<'sendIntent'>, options: CallOptions): Promise<Outcome<'sendIntent'>>;
    execute(input: Input<'execute'>, options: CallOptions): Promise<Outcome<'execute'>>;
    close(input: Input<'close'>): Promise<Outcome<'close'>>;
    list(): Promise<Outcome<'list'>>;
  };
}

/** Which chain node and contracts to trust instead of those the gateway names. */
export interface ChainSettings {
  readonly rpcUrl?: string | undefined;
  /** Contracts of a chain this package does not know, also as the JSON that `bonafide contracts deploy` writes. */
  readonly deployment?: ChainDeployment | string | undefined;
}

/** Where the contracts of one chain are. */
export interface ChainDeployment {
  readonly chainId: number;
  readonly usdc: `0x${string}`;
  /** The name in USDC's EIP-712 domain, which differs between chains. */
  readonly usdcName: string;
  readonly agenticCommerce: `0x${string}`;
  readonly court: `0x${string}`;
  readonly disputes: `0x${string}`;
  readonly arbitratorPool: `0x${string}`;
  readonly treasury: `0x${string}`;
  readonly jobTemplates: `0x${string}`;
  readonly identityRegistry: `0x${string}`;
  readonly reputationRegistry: `0x${string}`;
  /** Absent where none is published: its standard still changes. */
  readonly validationRegistry?: `0x${string}` | undefined;
  readonly startBlock: bigint;
}

/** What `verifyAction` and `authorize` ask. */
export interface ActionRequest {
  readonly action: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly risk?: Risk;
  readonly resource?: string;
}

/** An action that was asked for before, with the parameters it is about to run with. */
export interface ApprovedAction {
  readonly actionId: string;
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
}

/** Permission to run one action once; report the outcome with `complete`. */
export interface Grant {
  readonly actionId: string;
  readonly parametersDigest: string;
  complete(outcome: { readonly result?: unknown } | { readonly error: unknown }): Promise<Action>;
}

/** How an agent opens a session; as whom and with what comes from the agent. */
export type AgentSessionOptions = Omit<
  SessionOptions,
  'url' | 'signer' | 'token' | 'tls' | 'principal' | 'peerNetwork'
> & {
  /** Default: as an agent whose implementation is the agent's name. */
  readonly principal?: SessionOptions['principal'] | undefined;
};

/** A registered agent: its identity, its permissions, its record and every operation as a method. */
export interface Agent extends Client, Invoker, Tracking, Insights, Market, AsyncDisposable {
  readonly id: string;
  readonly name: string;
  readonly did: string;
  /** Raw Ed25519 public key, base64url. */
  readonly publicKey: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** The gateway registered this name with our key, and had not revoked it then. */
  readonly isVerified: boolean;
  /** As `getTrustScore` last said; undefined before. */
  readonly trustScore: number | undefined;
  readonly record: AgentRecord;
  /** False when denied, still pending, or expired. */
  verifyAction(request: ActionRequest, options?: CallOptions): Promise<boolean>;
  /** Waits for a person when one is needed; throws VerificationError when denied or too late. */
  authorize(request: ActionRequest, options?: CallOptions): Promise<Grant>;
  /**
   * The grant of an action that was asked for with `actions.verify` and is approved by now, used up by this call; throws
   * VerificationError when it is not approved, was used before, or was approved with other parameters. Never waits.
   */
  redeem(approved: ApprovedAction, options?: CallOptions): Promise<Grant>;
  /** Opens a live session as this agent, for messages, tasks and streams; it ends with the agent. */
  connect(options?: AgentSessionOptions): Promise<Session>;
}
