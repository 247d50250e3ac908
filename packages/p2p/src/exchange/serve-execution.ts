import { BonafideError, TimeoutError } from '@bonafide/core';
import type { IntentReply, PeerMessageOf } from '@bonafide/core/models';
import type { LinkedPeer } from '../connection/connector.ts';
import type { LinkStream } from '../link/link.ts';
import { createExpectedStream } from './expected-stream.ts';
import { writeLine } from './json-lines.ts';
import { newMessageId } from './message-id.ts';
import { createOutgoingStream } from './outgoing-stream.ts';
import { createProgressSender } from './progress-sender.ts';
import type { ExecutionBase } from './provided.ts';
import { toJson } from './provided.ts';
import { labelOf } from './stream-labels.ts';
import type { Json } from './types.ts';

export type ExecResponse = PeerMessageOf<'EXEC_RESPONSE'>['response'];

/** One execution for a peer: its streams, its time, and what is said about it. */
export interface ServedExecution {
  readonly signal: AbortSignal;
  /** What its handler works with. */
  toBase(accepted: IntentReply | undefined): ExecutionBase;
  respond(response: ExecResponse): void;
  takeInput(stream: LinkStream): boolean;
  abort(error: BonafideError): void;
  /** Lets go of everything; undefined: it went well. */
  end(error: BonafideError | undefined): void;
}

interface ServedRequest {
  readonly executionId: string;
  readonly capability: string;
  readonly intentId?: string | undefined;
  readonly timeoutMs: number;
}

export function createServedExecution(
  { link, identity }: LinkedPeer,
  { executionId, capability, intentId, timeoutMs }: ServedRequest,
): ServedExecution {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(outOfTime(timeoutMs)), timeoutMs);
  const input = createExpectedStream();
  const output = createOutgoingStream(link, labelOf('output', executionId));
  const chunks = createOutgoingStream(link, labelOf('chunks', executionId));
  const toMessage = (response: ExecResponse) => toResponse(executionId, response);
  const respond = (response: ExecResponse): void => link.send(toMessage(response));
  const progress = createProgressSender((latest) => respond({ status: 'progress', progress: latest }));
  let sequence = 0;
  return {
    signal: ending.signal,
    respond,
    takeInput: input.take,
    abort: (error) => ending.abort(error),
    toBase: (accepted) => ({
      executionId,
      from: identity,
      capability,
      intentId,
      accepted,
      signal: ending.signal,
      report: progress.report,
      async stream(value: Json) {
        const stream = chunks.open();
        await writeLine(stream, toMessage({ status: 'chunk', sequence: sequence++, chunk: toJson(value) }));
      },
      bytes: input.readable,
      write: async (bytes) => output.open().write(bytes),
    }),
    end(error) {
      clearTimeout(timer);
      progress.end();
      // Streams tell the other side why they end: code and text, as the answer does.
      const reason = error ?? ended();
      input.fail(reason);
      for (const stream of [output, chunks]) {
        if (error) stream.fail(reason);
        else stream.end().catch(ignore);
      }
    },
  };
}

export function toResponse(executionId: string, response: ExecResponse): PeerMessageOf<'EXEC_RESPONSE'> {
  return { type: 'EXEC_RESPONSE', id: newMessageId(), correlationId: executionId, response };
}

function ended(): BonafideError {
  return new BonafideError('CONFLICT', 'The execution has ended: it reads nothing any more.');
}

function outOfTime(timeoutMs: number): TimeoutError {
  return new TimeoutError(`The execution took longer than the ${timeoutMs} ms it was given.`);
}

function ignore(): void {
  // The reader gave up; it has the result.
}
