import { platform } from '#platform';
import { BonafideError } from '../errors.ts';
import type { Operation, StreamOperation } from '../operations/define.ts';
import { operations } from '../operations/registry.ts';
import { callRemote } from '../transport/http.ts';
import { callStream } from '../transport/sse.ts';
import { createTransport, type Transport, type TransportOptions } from '../transport/transport.ts';
import { checkContent } from './content-check.ts';
import { createGovernance, type Governance, type GovernanceOptions } from './governance.ts';
import { loadLocalHandlers } from './load-local-handlers.ts';
import { callLocal, type LocalRuntime } from './local-call.ts';
import type { LocalHandlers } from './local-handlers.ts';
import type {
  CallOptions,
  ChainSettings,
  Client,
  Invoker,
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
  /** Default the commerce module, loaded at the first local operation. */
  readonly loadLocalHandlers?: (() => Promise<LocalHandlers>) | undefined;
}

/** Every operation of the registry as a method, and permission. */
export type GovernedClient = Client & Invoker & Governance;

/** A client of one gateway. Opens nothing until the first call. */
export function createClient(options: ClientOptions): GovernedClient {
  const transport = createTransport(options);
  const invoker = createInvoker(transport, () => runtime);
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
  readonly options: ClientOptions;
  readonly transport: Transport;
  readonly client: GovernedClient;
}): LocalRuntime {
  const { agentId, wallet, chain, limits } = options;
  return {
    governance: client,
    load: options.loadLocalHandlers ?? loadLocalHandlers,
    context: { client, agentId, wallet, chain, limits, now: () => new Date(transport.now()) },
    did: transport.signer?.did,
    warn: options.onWarning ?? platform.warn,
  };
}

function createInvoker(transport: Transport, runtime: () => LocalRuntime): Invoker {
  return {
    invoke: (operation, input, options = {}) =>
      invoke({ transport, runtime: runtime() }, { operation, input, options }),
    stream: (operation, input, options = {}) => callStream(transport, { ...options, operation, input }),
  };
}

async function invoke(
  { transport, runtime }: { readonly transport: Transport; readonly runtime: LocalRuntime },
  call: { readonly operation: Operation; readonly input: unknown; readonly options: CallOptions },
): Promise<unknown> {
  const { operation, input, options } = call;
  switch (operation.kind) {
    case 'local':
      return callLocal(runtime, { operation, input, options });
    case 'stream':
      throw new BonafideError('UNSUPPORTED', `${operation.id} is a stream: read it with stream().`);
    case 'remote': {
      const output = await callRemote(transport, { ...options, operation, input });
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

type AnyMethod = (input?: unknown, options?: CallOptions & StreamOptions) => unknown;

function toMethods(invoker: Invoker): Client {
  const nouns = Object.entries<Readonly<Record<string, Operation>>>(operations).map(([noun, verbs]) => {
    const methods = Object.entries(verbs).map(([verb, operation]) => [verb, toMethod(invoker, operation)]);
    return [noun, Object.fromEntries(methods)];
  });
  return Object.fromEntries(nouns);
}

function toMethod(invoker: Invoker, operation: Operation): AnyMethod {
  const isStream = (candidate: Operation): candidate is StreamOperation => candidate.kind === 'stream';
  if (isStream(operation)) return (input, options) => invoker.stream(operation, input, options);
  return (input, options) => invoker.invoke(operation, input, options);
}
