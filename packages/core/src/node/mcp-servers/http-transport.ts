import type { Transport } from '@modelcontextprotocol/client';
import { BonafideError } from '../../errors.ts';
import type { HttpDefinition } from './definition.ts';
import type { McpSdk } from './load-client.ts';

const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;

/** What became of the requests. */
export interface HttpProgress {
  failure: string | undefined;
  status: number | undefined;
}

/** MCP over HTTP: no redirects, which would take headers elsewhere, and no endless answers. */
export function createHttpTransport(
  sdk: McpSdk,
  { url, headers }: HttpDefinition,
): { readonly transport: Transport; readonly progress: HttpProgress } {
  const progress: HttpProgress = { failure: undefined, status: undefined };
  const { target, authorization } = splitUser(url);
  const transport = new sdk.StreamableHTTPClientTransport(target, {
    requestInit: { headers: { ...authorization, ...headers }, redirect: 'error' },
    fetch: createFetch(progress),
    reconnectionOptions: {
      ...{ maxRetries: 0, initialReconnectionDelay: 1000, maxReconnectionDelay: 1000 },
      reconnectionDelayGrowFactor: 1,
    },
  });
  return { transport, progress };
}

// `fetch` refuses URLs with a user in them.
function splitUser(url: string): { target: URL; authorization: Record<string, string> } {
  const target = parseUrl(url);
  const { username, password } = target;
  if (!username && !password) return { target, authorization: {} };
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  target.username = '';
  target.password = '';
  return { target, authorization: { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

function parseUrl(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target && /^https?:$/.test(target.protocol)) return target;
  throw new BonafideError('VALIDATION_FAILED', 'The URL of the server must be an http or https URL.');
}

function createFetch(progress: HttpProgress): typeof fetch {
  let received = 0;
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!response.ok) progress.status = response.status;
    if (!response.body) return response;
    const bounded = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          received += chunk.length;
          if (received <= MAX_RESPONSE_BYTES) return controller.enqueue(chunk);
          progress.failure = 'It sent more than 8 MiB.';
          controller.error(new Error(progress.failure));
        },
      }),
    );
    const { status, statusText, headers } = response;
    return new Response(bounded, { status, statusText, headers });
  };
}
