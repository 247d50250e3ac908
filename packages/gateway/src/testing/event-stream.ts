import { type Sender, signed, type TestGateway } from './test-gateway.ts';

/** One frame of a stream, as it came. */
export interface Frame {
  readonly event: string | undefined;
  readonly id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests read into it
  readonly data: any;
}

export interface EventStream extends AsyncDisposable {
  readonly response: Response;
  /** The next frame that is no heartbeat; undefined at the end. */
  next(): Promise<Frame | undefined>;
  /** Resolves at the next heartbeat. */
  heartbeat(): Promise<void>;
}

/** Opens a stream as a browser or the SDK would. */
export async function openStream(
  gateway: Pick<TestGateway, 'url'>,
  { sender, path, lastEventId }: { sender: Sender; path: string; lastEventId?: string },
): Promise<EventStream> {
  const request = await signed(gateway.url, { sender, request: { method: 'GET', path } });
  const abort = new AbortController();
  const headers = {
    ...request.headers,
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  const response = await fetch(gateway.url + path, { ...request, headers, signal: abort.signal });
  const blocks = readBlocks(response);
  const nextBlock = async () => (await blocks.next()).value ?? undefined;
  return {
    response,
    async next() {
      for (;;) {
        const block = await nextBlock();
        if (block === undefined) return undefined;
        if (!block.startsWith(':')) return toFrame(block);
      }
    },
    async heartbeat() {
      while ((await nextBlock()) !== ':') {
        // Frames before it are not asked for.
      }
    },
    async [Symbol.asyncDispose]() {
      abort.abort();
    },
  };
}

async function* readBlocks(response: Response): AsyncGenerator<string, undefined> {
  let text = '';
  try {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      yield* blocks;
    }
  } catch {
    // The gateway closed the connection, which is how a stream ends without `end`.
  }
  return undefined;
}

function toFrame(block: string): Frame {
  const field = (name: string) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  return { event: field('event'), id: field('id'), data: JSON.parse(field('data') ?? 'null') };
}
