import type { Agent, Client, ConnectOptions, Invoker, PeerNetwork, Wallet } from '@bonafide/core';
import { BonafideError } from '@bonafide/core/errors';
import type { ClientConfig, Secret } from '@bonafide/core/node';
import type { Context, GlobalOptions } from './context.ts';
import { loadToken } from './credentials.ts';

export interface ConnectionRequest {
  readonly options: GlobalOptions;
  /** A local operation signs with the wallet. */
  readonly needsWallet?: boolean;
}

/** Everything but who the caller is. */
interface Settings {
  readonly config: ClientConfig;
  readonly transport: ConnectOptions & { readonly url: string };
}

function assertUrl(url: string): void {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return;
  throw new BonafideError('VALIDATION_FAILED', `--url must be an http or https URL, not '${url}'.`);
}

/** The gateway of the flag, the configuration, or the one that `bonafide dev` starts; and how to reach it. */
export async function loadSettings(context: Context, { url: given }: GlobalOptions): Promise<Settings> {
  const [{ DEFAULT_GATEWAY_URL }, { loadConfig, programVariables }, { gatewayVariables }] = await Promise.all(
    [import('@bonafide/core'), import('@bonafide/core/node'), import('@bonafide/gateway/config')],
  );
  if (given !== undefined) assertUrl(given);
  const config = await loadConfig({
    env: context.env,
    alsoKnown: [...gatewayVariables, ...programVariables],
  });
  const { timeoutMs, retryAttempts, debug, tls } = config;
  const transport = {
    url: given ?? config.url ?? DEFAULT_GATEWAY_URL,
    timeoutMs,
    tls,
    retry: { limit: retryAttempts },
    onRequest: debug ? (event: object) => context.stderr.write(`${JSON.stringify(event)}\n`) : undefined,
    signal: context.signal,
  };
  return { config, transport };
}

async function walletOf(key: Secret | undefined): Promise<Wallet | undefined> {
  if (!key) return undefined;
  const { walletFromKey } = await import('@bonafide/core');
  return walletFromKey(key.reveal());
}

async function assertKeyFile(name: string): Promise<void> {
  const { loadKeyFile } = await import('@bonafide/core/node');
  try {
    await loadKeyFile(name);
  } catch (cause) {
    if (!BonafideError.is(cause) || cause.code !== 'NOT_FOUND') throw cause;
    throw new BonafideError('NOT_FOUND', `There is no agent '${name}' here. Make it: bonafide init ${name}`, {
      cause,
    });
  }
}

interface AgentSettings extends Settings {
  /** Whoever waits must know for what. */
  readonly onPending: (action: { readonly action: string }) => void;
}

interface AgentRequest {
  readonly name: string;
  readonly needsWallet: boolean;
}

/** A gateway as one caller sees it, until it is closed. */
type Connection = Client & Invoker & AsyncDisposable;

/** Loaded with WebRTC at the first use: no other command needs it. */
async function openPeers(agent: Agent): Promise<PeerNetwork> {
  const p2p = await import('@bonafide/p2p');
  return p2p.openPeers(agent);
}

async function asAgent({ config, transport, onPending }: AgentSettings, { name, needsWallet }: AgentRequest) {
  if (!config.privateKey) await assertKeyFile(name);
  const { secure } = await import('@bonafide/core');
  return secure(name, {
    ...transport,
    onPending,
    privateKey: config.privateKey?.reveal(),
    enrolmentToken: config.enrolmentToken?.reveal(),
    wallet: needsWallet ? await walletOf(config.walletKey) : undefined,
    rpcUrl: config.rpcUrl,
    deployment: config.deployment,
    peers: openPeers,
  });
}

const waitingLine = ({ action }: { readonly action: string }): string =>
  `› ${action} waits for a person: \`bonafide approvals --watch\` shows what will run, \`bonafide approvals approve ID\` lets it\n`;

/** Who the caller is: `--agent`, else `--token`, BONAFIDE_TOKEN or the kept token, else nobody (public operations). */
export async function openConnection(context: Context, request: ConnectionRequest): Promise<Connection> {
  const { agent, token } = request.options;
  if (agent !== undefined && token !== undefined) {
    throw new BonafideError('VALIDATION_FAILED', 'Give either --agent or --token, not both.');
  }
  const settings = await loadSettings(context, request.options);
  if (agent !== undefined)
    return asAgent(
      { ...settings, onPending: (pending) => context.stderr.write(waitingLine(pending)) },
      { name: agent, needsWallet: request.needsWallet === true },
    );
  const { config, transport } = settings;
  const { connect } = await import('@bonafide/core');
  const own = token ?? config.token?.reveal() ?? (await loadToken(context.home, transport.url));
  const nothingToClose = async (): Promise<void> => undefined;
  return { ...connect({ ...transport, token: own }), [Symbol.asyncDispose]: nothingToClose };
}
