import { platform } from '#platform';
import { AuthenticationError, BonafideError } from '../errors.ts';
import type { Signer } from '../identity/keys.ts';
import type { Agent as AgentRecord } from '../models/agent.ts';
import { type ClientOptions, createClient, type GovernedClient } from './create-client.ts';
import type { KeyStore } from './platform.ts';
import type { Agent, Client, Invoker } from './types.ts';

/** The gateway that `bonafide dev` starts. */
export const DEFAULT_GATEWAY_URL = 'http://127.0.0.1:4660';

/** What others see of an agent; absent fields stay as they are registered. */
export interface AgentProfileOptions {
  readonly agentType?: AgentRecord['agentType'] | undefined;
  readonly description?: string | undefined;
  readonly capabilities?: readonly string[] | undefined;
  /** Let agents of other workspaces find this one. */
  readonly isListed?: boolean | undefined;
}

export interface SecureOptions extends Omit<ClientOptions, 'url' | 'token' | 'agentId'>, AgentProfileOptions {
  /** Default `http://127.0.0.1:4660`. */
  readonly url?: string | undefined;
  /** 32-byte Ed25519 seed as base64url or hexadecimal; else `signer`, else the key store. */
  readonly privateKey?: string | undefined;
  /** Default in Node: `~/.bonafide/agents/<name>.json`. */
  readonly keyStore?: KeyStore | undefined;
  /** Needed on a public gateway at the first registration. */
  readonly enrolmentToken?: string | undefined;
}

/** The agent `name`: makes or loads its key, registers it, checks what was registered, and returns it ready to use. */
export async function secure(name: string, options: SecureOptions = {}): Promise<Agent> {
  const signer = await findSigner(name, options);
  const closing = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, closing.signal]) : closing.signal;
  const base = { ...options, url: options.url ?? DEFAULT_GATEWAY_URL, signer, signal };
  const registered = await register(createClient(base), { name, options });
  verifyRecord(registered, { name, did: signer.did });
  const client = createClient({ ...base, agentId: registered.agentId });
  const record = await updateProfile(client, registered, options);
  return toAgent(client, record, closing);
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
  if (privateKey !== undefined) return signerFromText(privateKey);
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
  const { agentType, description, isListed, enrolmentToken } = options;
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
    isListed = record.isListed,
  }: SecureOptions,
): Promise<AgentRecord> {
  const isSame =
    description === record.description &&
    isListed === record.isListed &&
    capabilities.length === record.capabilities.length &&
    capabilities.every((capability) => record.capabilities.includes(capability));
  if (isSame) return record;
  return client.agents.update({ description, capabilities: [...capabilities], isListed });
}

function toAgent(client: GovernedClient, record: AgentRecord, closing: AbortController): Agent {
  return {
    ...client,
    id: record.agentId,
    name: record.name,
    did: record.did,
    record,
    [Symbol.asyncDispose]: async () => {
      closing.abort(new BonafideError('UNAVAILABLE', `The agent '${record.name}' was closed.`));
    },
  };
}
