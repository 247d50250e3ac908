import { BonafideError, type CallOptions, type PeerNetwork, ValidationError } from '@bonafide/core';
import type { IntentRequest, PeerState } from '@bonafide/core/models';
import type { ExchangePeer } from './create-peer.ts';
import type { ExecutionRequest, Json } from './types.ts';

type Operations = PeerNetwork['operations'];
type IntentInput = Parameters<Operations['sendIntent']>[0];
type OutputJson = Awaited<ReturnType<Operations['execute']>>['result'];

interface OperationParts {
  connect(did: string, options: CallOptions): Promise<ExchangePeer>;
  get(did: string): ExchangePeer | undefined;
  list(): readonly ExchangePeer[];
}

/** What the `peers` operations run on; their permission was asked before. */
export function createOperations({ connect, get, list }: OperationParts): Operations {
  // `timeoutMs` of a local operation is for a person who must answer.
  const open = (did: string, { signal }: CallOptions) => connect(did, { signal });
  return {
    connect: async ({ did }, options) => toState(await open(did, options)),
    async sendIntent({ did, ...input }, options) {
      const request = toIntent(input);
      const peer = await open(did, options);
      return peer.sendIntent(request, { signal: options.signal });
    },
    async execute({ did, timeoutMs, ...request }, options) {
      const peer = await open(did, options);
      return runToEnd(peer, { request, options: { signal: options.signal, timeoutMs } });
    },
    async close({ did, reason }) {
      const peer = get(did);
      await peer?.close(reason);
      return { did, state: 'closed' };
    },
    list: async () => ({ items: list().map(toState) }),
  };
}

const MAX_CHUNKS_LENGTH = 1_048_576;

async function runToEnd(
  peer: ExchangePeer,
  { request, options }: { readonly request: ExecutionRequest; readonly options: CallOptions },
) {
  const startedAt = performance.now();
  const execution = peer.executePermitted(request, options);
  const { executionId, result, chunks, bytes } = execution;
  try {
    // Nobody here has bytes to send, or takes any: what the peer streams so must not hold it up.
    const all = [result, collect(chunks), skip(bytes), execution.end()] as const;
    const [value, values] = await Promise.all(all);
    const durationMs = Math.round(performance.now() - startedAt);
    return { executionId, result: value as OutputJson, chunks: values as OutputJson[], durationMs };
  } catch (error) {
    execution.cancel('Its caller gave up.');
    throw error;
  }
}

async function collect(chunks: AsyncIterable<Json>): Promise<Json[]> {
  const collected: Json[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += JSON.stringify(chunk).length;
    if (length > MAX_CHUNKS_LENGTH) {
      throw new BonafideError('PAYLOAD_TOO_LARGE', 'The peer streamed more than a tool can return.');
    }
    collected.push(chunk);
  }
  return collected;
}

async function skip(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of bytes);
}

function toIntent({ query, context, task, params }: Omit<IntentInput, 'did'>): IntentRequest {
  if (query !== undefined && task === undefined && params === undefined) {
    return { query, ...(context && { context }) };
  }
  if (task !== undefined && query === undefined && context === undefined) {
    return { task, ...(params && { params }) };
  }
  const message = 'Give either a query, with context if it helps, or a task, with its params.';
  throw new ValidationError(message, {
    issues: [{ path: 'query', message: 'is needed where task is absent' }],
  });
}

function toState({ did, state, path }: ExchangePeer): PeerState {
  return { did, state, ...(path && { path }) };
}
