import { platform } from '#platform';
import { BonafideError } from '../errors.ts';
import type { Operation } from '../operations/define.ts';
import { operationLoaders } from '../operations/loaders.ts';
import { verbs } from '../operations/verbs.ts';
import { callRemote, type RemoteCall } from '../transport/http.ts';
import { callStream, type StreamCall } from '../transport/sse.ts';
import { createTransport, type Transport, type TransportOptions } from '../transport/transport.ts';
import { checkContent } from './content-check.ts';
import { createGovernance, type Governance, type GovernanceOptions } from './governance.ts';
import { loadLocalHandlers } from './load-local-handlers.ts';
import { callLocal, type LocalRuntime } from './local-call.ts';
import type {
  CallOptions,
  ChainSettings,
  Client,
  Invoker,
  PeerNetwork,
  StreamOptions,
  Wallet,
  WalletLimits,
} from './types.ts';

/** How to reach a gateway and as whom, and what local operations may use. */
export interface ClientOptions extends TransportOptions, GovernanceOptions {
  readonly agentId?: string | undefined;
  readonly wallet?: Wallet | undefined;
  readonly chain?: ChainSettings | undefined;
  readonly limits?: WalletLimits | undefined;
  /** What the `peers` operations run on, opened at the first use. */
  readonly peerNetwork?: ((signal?: AbortSignal) => Promise<PeerNetwork>) | undefined;
  /** Where the handlers of local operations come from, by noun; by default loaded at their first use. */
  readonly loadLocalHandlers?: ((noun: string) => Promise<Readonly<Record<string, unknown>>>) | undefined;
}

/** Every operation of the registry as a method, and permission. */
export type GovernedClient = Client & Invoker & Governance;

/** How operations get to the gateway: over HTTP, or over a session. */
export interface Remote {
  readonly call: (call: RemoteCall) => Promise<unknown>;
  readonly stream: (call: StreamCall) => AsyncIterable<unknown>;
}

/** A client of one gateway. Opens nothing until the first call. */
export function createClient(options: ClientOptions): GovernedClient {
  const transport = createTransport(withTls(options));
  return createClientOver(options, {
    transport,
    remote: {
      call: (call) => callRemote(transport, call),
      stream: (call) => callStream(transport, call),
    },
  });
}

/** The same options with the `fetch` that their certificates ask for. */
export function withTls<Options extends Pick<ClientOptions, 'tls' | 'fetch'>>(options: Options): Options {
  const { tls, fetch } = options;
  return tls && !fetch ? { ...options, fetch: platform.openFetch(tls) } : options;
}

/** A client whose operations go some other way than HTTP. */
export function createClientOver(
  options: Omit<ClientOptions, 'url'>,
  { transport, remote }: { readonly transport: Transport; readonly remote: Remote },
): GovernedClient {
  const invoker = createInvoker(remote, () => runtime);
  const methods = toMethods(invoker);
  const governance = createGovernance(methods, options);
  const client: GovernedClient = { ...methods, ...invoker, ...governance };
  const runtime = createRuntime({ options, transport, client });
  return client;
}

function createRuntime({
  options,
  transport,
  client,
}: {
  readonly options: Omit<ClientOptions, 'url'>;
  readonly transport: Transport;
  readonly client: GovernedClient;
}): LocalRuntime {
  const { agentId, wallet, chain, limits, peerNetwork } = options;
  return {
    governance: client,
    load: options.loadLocalHandlers ?? loadLocalHandlers,
    context: {
      ...{ client, agentId, wallet, chain, limits, peers: peerNetwork, signer: transport.signer },
      now: () => new Date(transport.now()),
    },
    did: transport.signer?.did,
    warn: options.onWarning ?? platform.warn,
  };
}

function createInvoker(remote: Remote, runtime: () => LocalRuntime): Invoker {
  return {
    invoke: (operation, input, options = {}) =>
      invoke({ remote, runtime: runtime() }, { operation, input, options }),
    stream: (operation, input, options = {}) => remote.stream({ ...options, operation, input }),
  };
}

async function invoke(
  { remote, runtime }: { readonly remote: Remote; readonly runtime: LocalRuntime },
  call: { readonly operation: Operation; readonly input: unknown; readonly options: CallOptions },
): Promise<unknown> {
  const { operation, input, options } = call;
  switch (operation.kind) {
    case 'local':
      return callLocal(runtime, { operation, input, options });
    case 'stream':
      throw new BonafideError('UNSUPPORTED', `${operation.id} is a stream: read it with stream().`);
    case 'remote': {
      const output = await remote.call({ ...options, operation, input });
      checkOutput(operation.id, input, output);
      return output;
    }
  }
}

function checkOutput(id: string, input: unknown, output: unknown): void {
  if (id !== 'artifacts.get') return;
  // Both were parsed by the schemas of artifacts.get.
  const { cid } = input as { cid: string };
  checkContent(cid, output as { cid: string; content: string });
}

type Kind = 'call' | 'stream';
type AnyMethod = (input?: unknown, options?: CallOptions & StreamOptions) => unknown;
type Loader = () => Promise<Readonly<Record<string, Operation>>>;

function toMethods(invoker: Invoker): Client {
  const nouns = Object.entries<Readonly<Record<string, Kind>>>(verbs).map(([noun, kinds]) => {
    const load: Loader = operationLoaders[noun as keyof typeof operationLoaders];
    const methods = Object.entries(kinds).map(([verb, kind]) => {
      const find = async () => findOperation(await load(), verb);
      return [verb, kind === 'stream' ? toStream(invoker, find) : toCall(invoker, find)];
    });
    return [noun, Object.fromEntries(methods)];
  });
  return Object.fromEntries(nouns);
}

function findOperation(group: Readonly<Record<string, Operation>>, verb: string): Operation {
  const operation = group[verb];
  if (operation) return operation;
  throw new BonafideError('UNSUPPORTED', `${verb} is not an operation of this version.`);
}

function toCall(invoker: Invoker, find: () => Promise<Operation>): AnyMethod {
  return async (input, options) => invoker.invoke(await find(), input, options);
}

function toStream(invoker: Invoker, find: () => Promise<Operation>): AnyMethod {
  return async function* stream(input, options) {
    const operation = await find();
    if (operation.kind === 'stream') yield* invoker.stream(operation, input, options);
  };
}
