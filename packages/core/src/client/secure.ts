import { platform } from '#platform';
import { AuthenticationError, BonafideError } from '../errors.ts';
import { toBase64Url } from '../identity/bytes.ts';
import { canonicalize } from '../identity/canonical.ts';
import { fromDid } from '../identity/did.ts';
import type { Signer } from '../identity/keys.ts';
import { createMarket } from '../market/create-market.ts';
import type { Agent as AgentRecord } from '../models/agent.ts';
import type { Skill } from '../models/skill.ts';
import type { Session } from '../session/types.ts';
import { DEFAULT_GATEWAY_URL } from '../transport/transport.ts';
import { type ClientOptions, createClient, type GovernedClient } from './create-client.ts';
import { createInsights } from './insights.ts';
import { LazyNetwork } from './lazy-network.ts';
import { type Log, type LogOptions, openLog } from './log.ts';
import type { KeyStore } from './platform.ts';
import { createTracking } from './tracking.ts';
import type {
  Agent,
  AgentSessionOptions,
  ChainSettings,
  Client,
  Invoker,
  PeerNetwork,
  Wallet,
} from './types.ts';
import { walletFromKey } from './wallet-from-key.ts';

/** What others see of an agent; absent fields stay as they are registered. */
export interface AgentProfileOptions {
  readonly agentType?: AgentRecord['agentType'] | undefined;
  readonly description?: string | undefined;
  readonly capabilities?: readonly string[] | undefined;
  /** What peers need to know of those capabilities. */
  readonly skills?: readonly Skill[] | undefined;
  /** Let agents of other workspaces find this one. */
  readonly isListed?: boolean | undefined;
}

/** A secret that shows itself only when asked, such as those of a loaded configuration. */
export interface Revealable {
  reveal(): string;
}

export interface SecureOptions
  extends Omit<ClientOptions, 'url' | 'token' | 'agentId' | 'peerNetwork'>,
    AgentProfileOptions,
    LogOptions {
  /** Default `http://127.0.0.1:4660`. */
  readonly url?: string | undefined;
  /** 32-byte Ed25519 seed as base64url or hexadecimal; else `signer`, else the key store. */
  readonly privateKey?: string | Revealable | undefined;
  /** Default in Node: `~/.bonafide/agents/<name>.json`. */
  readonly keyStore?: KeyStore | undefined;
  /** Needed on a public gateway at the first registration. */
  readonly enrolmentToken?: string | Revealable | undefined;
  /**
   * Default true. False: `trackAction` asks nobody and only logs; high and critical risk are refused. `authorize`,
   * `verifyAction` and operations that move money ask all the same.
   */
  readonly autoVerify?: boolean | undefined;
  /**
   * What the `peers` operations run on: `openPeers` of `@bonafide/p2p`. Opened at their first use, closed with the agent.
   */
  readonly peers?: ((agent: Agent) => Promise<PeerNetwork>) | undefined;
  /** Further attempts after the first; `retry` has the rest. */
  readonly retryAttempts?: number | undefined;
  /** Private key of the wallet, where `wallet` is absent. */
  readonly walletKey?: string | Revealable | undefined;
  /** Chain node, where `chain` is absent. */
  readonly rpcUrl?: string | undefined;
  /** Contracts to trust, where `chain` is absent; a loaded configuration has them from BONAFIDE_DEPLOYMENT_FILE. */
  readonly deployment?: ChainSettings['deployment'];
}

/** The agent `name`: makes or loads its key, registers it, checks what was registered, and returns it ready to use. */
export async function secure(name: string, options: SecureOptions = {}): Promise<Agent> {
  const signer = await findSigner(name, options);
  const log = await openLog(options);
  try {
    return await start({ name, options, signer, log });
  } catch (error) {
    await log?.close();
    throw error;
  }
}

interface Start {
  readonly name: string;
  readonly options: SecureOptions;
  readonly signer: Signer;
  readonly log: Log | undefined;
}

async function start({ name, options, signer, log }: Start): Promise<Agent> {
  const closing = new AbortController();
  const base = {
    ...(await toClientOptions(options)),
    ...log?.hooks,
    signer,
    signal: joined(options, closing),
  };
  const registered = await register(createClient(base), { name, options });
  verifyRecord(registered, { name, did: signer.did });
  const { autoVerify = true, peers } = options;
  const network = peers && new LazyNetwork(() => peers(agent));
  const governed = { ...base, peerNetwork: network?.get };
  const client = createClient({ ...governed, agentId: registered.agentId });
  const record = await updateProfile(client, registered, options);
  const close = async (): Promise<void> => {
    try {
      await network?.close();
    } finally {
      closing.abort(new BonafideError('UNAVAILABLE', `The agent '${record.name}' was closed.`));
      await log?.close();
    }
  };
  const warn = base.onWarning ?? platform.warn;
  const openSession = (options: AgentSessionOptions = {}) => connectSession(governed, { record, options });
  const agent = toAgent({
    client,
    record,
    wallet: base.wallet,
    autoVerify,
    warn,
    close,
    connectSession: openSession,
  });
  return agent;
}

/** Loaded on use: most agents only call. */
async function connectSession(
  base: ClientOptions,
  { record, options }: { readonly record: AgentRecord; readonly options: AgentSessionOptions },
): Promise<Session> {
  const { openSession } = await import('../session/index.ts');
  const { principal = { type: 'agent', implementation: record.name } } = options;
  const given = [base.signal, options.signal].filter((signal) => signal !== undefined);
  const { url, signer, tls, peerNetwork } = base;
  const own = { url, signer, tls, peerNetwork, token: undefined };
  const all = { ...base, ...options, ...own, agentId: record.agentId, principal };
  return openSession({ ...all, signal: AbortSignal.any(given) });
}

function joined({ signal }: SecureOptions, closing: AbortController): AbortSignal {
  return signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
}

/** A configuration that was spread in may bring more, such as the token of a person: an agent signs instead. */
async function toClientOptions(options: SecureOptions): Promise<ClientOptions> {
  const { url = DEFAULT_GATEWAY_URL, walletKey, rpcUrl, deployment, retryAttempts, ...rest } = options;
  const { wallet = walletKey && (await walletFromKey(reveal(walletKey))) } = rest;
  const { chain = { rpcUrl, deployment } } = rest;
  const retry = retryAttempts === undefined ? rest.retry : { limit: retryAttempts, ...rest.retry };
  return { ...rest, token: undefined, url, wallet: wallet || undefined, chain, retry };
}

function reveal(secret: string | Revealable): string {
  return typeof secret === 'string' ? secret : secret.reveal();
}

export interface ConnectOptions extends Omit<ClientOptions, 'url' | 'signer' | 'agentId'> {
  readonly url?: string | undefined;
  /** API token; without one only public operations are allowed. */
  readonly token?: string | undefined;
}

/** A client for people and machines without a key of their own. */
export function connect(options: ConnectOptions = {}): Client & Invoker {
  return createClient({ ...options, url: options.url ?? DEFAULT_GATEWAY_URL });
}

async function findSigner(name: string, options: SecureOptions): Promise<Signer> {
  const { signer, privateKey, keyStore = platform.keyStore } = options;
  if (signer && privateKey !== undefined) {
    throw new BonafideError('VALIDATION_FAILED', 'Give either a signer or a privateKey, not both.');
  }
  if (signer) return signer;
  if (privateKey !== undefined) return signerFromText(reveal(privateKey));
  if (keyStore) return keyStore.loadOrCreate(name);
  throw new BonafideError(
    'UNSUPPORTED',
    'This platform has no key files: pass `signer`, `privateKey` or `keyStore` to secure().',
  );
}

/** Loaded on use: most agents bring a signer or a key store, and the code for raw keys is large. */
async function signerFromText(privateKey: string): Promise<Signer> {
  const { parsePrivateKey, signerFromSeed } = await import('../identity/keys.ts');
  return signerFromSeed(parsePrivateKey(privateKey).seed);
}

function register(
  client: Client,
  { name, options }: { readonly name: string; readonly options: SecureOptions },
): Promise<AgentRecord> {
  const { agentType, description, isListed } = options;
  const enrolmentToken = options.enrolmentToken && reveal(options.enrolmentToken);
  const capabilities = options.capabilities && [...options.capabilities];
  const input = { name, agentType, description, capabilities, isListed, enrolmentToken };
  return client.agents.register(input);
}

/** The gateway's word for who we are must be our own. */
function verifyRecord(record: AgentRecord, own: { readonly name: string; readonly did: string }): void {
  if (record.did !== own.did || record.name !== own.name) {
    throw new AuthenticationError(`The gateway registered someone else than '${own.name}' with our key.`, {
      details: { reason: 'registration-mismatch' },
    });
  }
  if (record.status === 'active') return;
  throw new AuthenticationError(`The agent '${own.name}' is revoked; register a new key under a new name.`, {
    code: 'REVOKED',
    details: { agentId: record.agentId },
  });
}

/** Registering again keeps the first profile, so what the caller states now is written when it differs. */
async function updateProfile(
  client: Client,
  record: AgentRecord,
  {
    description = record.description,
    capabilities = record.capabilities,
    skills,
    isListed = record.isListed,
  }: SecureOptions,
): Promise<AgentRecord> {
  const isSame =
    description === record.description &&
    isListed === record.isListed &&
    capabilities.length === record.capabilities.length &&
    capabilities.every((capability) => record.capabilities.includes(capability)) &&
    (skills === undefined || canonicalize(skills) === canonicalize(record.skills ?? []));
  if (isSame) return record;
  const changed = { description, capabilities: [...capabilities], isListed };
  return client.agents.update({ ...changed, ...(skills && { skills: [...skills] }) });
}

interface AgentParts {
  readonly client: GovernedClient;
  readonly record: AgentRecord;
  readonly wallet: Wallet | undefined;
  readonly autoVerify: boolean;
  readonly warn: (error: BonafideError) => void;
  readonly close: () => Promise<void>;
  readonly connectSession: Agent['connect'];
}

function toAgent({
  client,
  record,
  wallet,
  autoVerify,
  warn,
  close,
  connectSession: connect,
}: AgentParts): Agent {
  let trustScore: number | undefined;
  const onTrustScore = (score: number): void => {
    trustScore = score;
  };
  return {
    ...client,
    ...createTracking({ client, autoVerify, warn }),
    ...createInsights({ client, onTrustScore }),
    ...createMarket({ client, wallet }),
    id: record.agentId,
    name: record.name,
    did: record.did,
    publicKey: toBase64Url(fromDid(record.did)),
    createdAt: record.createdAt,
    isVerified: record.status === 'active',
    get trustScore() {
      return trustScore;
    },
    record,
    connect,
    [Symbol.asyncDispose]: close,
  };
}
