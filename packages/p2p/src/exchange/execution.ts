import { BonafideError } from '@bonafide/core';
import { type ExecutionProgress, type PeerMessageOf, peerMessage } from '@bonafide/core/models';
import type { Link, LinkStream } from '../link/link.ts';
import { createExpectedStream } from './expected-stream.ts';
import { readLines } from './json-lines.ts';
import { createOutgoingStream } from './outgoing-stream.ts';
import { fromPeerProblem } from './problems.ts';
import { createRecentValues } from './recent-values.ts';
import { labelOf } from './stream-labels.ts';
import type { Execution, Json } from './types.ts';

type ExecResponse = PeerMessageOf<'EXEC_RESPONSE'>['response'];

const MAX_UNREAD_PROGRESS = 64;

/** What the peer answers to one execution: its streams, and how it ends. */
export interface AskedExecution {
  /** As the peer says; rejects when it fails or `fail` is called. */
  readonly settled: Promise<Json>;
  readonly reads: Pick<Execution, 'progress' | 'chunks' | 'bytes'>;
  readonly writes: Pick<Execution, 'write' | 'end'>;
  /** The request is on its way: what is written goes after it. */
  begin(): void;
  respond(response: ExecResponse): void;
  takeStream(kind: 'output' | 'chunks', stream: LinkStream): boolean;
  fail(error: BonafideError): void;
  /** Gives up what was streamed and not read. */
  dropUnread(error: BonafideError): void;
}

interface Asking {
  readonly link: Link;
  readonly executionId: string;
  readonly did: string;
  /** The peer breaks the protocol: nothing more of it is wanted. */
  readonly onBroken: (error: BonafideError) => void;
}

export function createAskedExecution({ link, executionId, did, onBroken }: Asking): AskedExecution {
  const progress = createRecentValues<ExecutionProgress>(MAX_UNREAD_PROGRESS);
  const streams = { output: createExpectedStream(), chunks: createExpectedStream() };
  const input = createOutgoingStream(link, labelOf('input', executionId));
  const begun = quiet(Promise.withResolvers<void>());
  const settled = quiet(Promise.withResolvers<Json>());
  const dropUnread = (error: BonafideError): void => {
    streams.output.fail(error);
    streams.chunks.fail(error);
  };
  const fail = (error: BonafideError): void => {
    settled.reject(error);
    begun.reject(error);
    progress.end();
    input.fail(error);
    dropUnread(error);
  };
  const breach = (what: string): BonafideError => {
    const error = new BonafideError('INTERNAL', `The peer does not keep to the protocol: it ${what}.`);
    onBroken(error);
    fail(error);
    return error;
  };
  const succeed = (result: Json): void => {
    settled.resolve(result);
    progress.end();
    input.fail(new BonafideError('CONFLICT', 'The execution has ended: it reads nothing any more.'));
    streams.output.finish();
    streams.chunks.finish();
  };
  const isSettled = settled.promise.then(() => undefined);
  isSettled.catch(ignore);
  return {
    settled: settled.promise,
    reads: {
      progress,
      chunks: { [Symbol.asyncIterator]: () => readChunks(streams.chunks.readable, { executionId, breach }) },
      bytes: streams.output.readable,
    },
    writes: {
      async write(bytes) {
        await begun.promise;
        await input.open().write(bytes);
      },
      async end() {
        await begun.promise;
        // So that the peer learns of an end without a byte before it.
        input.open();
        await Promise.race([input.end(), isSettled]);
      },
    },
    begin: begun.resolve,
    respond(response) {
      if (response.status === 'progress') progress.push(response.progress);
      // The schema of the message says that it is JSON.
      else if (response.status === 'success') succeed(response.result as Json);
      else if (response.status === 'error') fail(fromPeerProblem(response.problem, did));
      else if (response.status === 'chunk') breach('streams apart from its stream');
    },
    takeStream: (kind, stream) => streams[kind].take(stream),
    fail,
    dropUnread,
  };
}

interface ChunkReading {
  readonly executionId: string;
  readonly breach: (what: string) => BonafideError;
}

async function* readChunks(
  readable: AsyncIterable<Uint8Array>,
  { executionId, breach }: ChunkReading,
): AsyncGenerator<Json> {
  let next = 0;
  for await (const line of readLines(readable, (what) => breach(`streams ${what}`))) {
    const chunk = toChunk(line);
    if (chunk?.correlationId !== executionId || chunk.sequence !== next) {
      throw breach(`streams what is not chunk ${next}`);
    }
    next++;
    yield chunk.value;
  }
}

function toChunk(line: unknown) {
  const { data } = peerMessage.safeParse(line);
  if (data?.type !== 'EXEC_RESPONSE' || data.response.status !== 'chunk') return undefined;
  const { sequence, chunk } = data.response;
  return { correlationId: data.correlationId, sequence, value: chunk as Json };
}

/** Nobody has to look at how it ends. */
function quiet<Value>(resolvers: PromiseWithResolvers<Value>): PromiseWithResolvers<Value> {
  resolvers.promise.catch(ignore);
  return resolvers;
}

function ignore(): void {
  // Whoever waits for the result is told.
}
