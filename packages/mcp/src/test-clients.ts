import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioClientTransportV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as StreamableHttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

interface Listed {
  readonly name: string;
  readonly annotations?: object | undefined;
  readonly outputSchema?: object | undefined;
}

interface Called {
  readonly isError?: boolean | undefined;
  readonly structuredContent?: unknown;
  readonly content: readonly { readonly type: string; readonly text?: string | undefined }[];
}

/** What the tests need of any MCP client. */
export interface TestClient extends AsyncDisposable {
  list(): Promise<readonly Listed[]>;
  call(name: string, input: Record<string, unknown>): Promise<Called>;
  stderr(): string;
}

/** Where the server is: a URL, or a script to start. */
export type Target =
  | { readonly url: string; readonly token?: string }
  | {
      readonly script: string;
      readonly args?: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    };

const info = { name: 'test', version: '1.0.0' };

function headersOf(target: { readonly token?: string }): {
  requestInit?: { headers: Record<string, string> };
} {
  return target.token === undefined
    ? {}
    : { requestInit: { headers: { authorization: `Bearer ${target.token}` } } };
}

function commandOf(target: Extract<Target, { script: string }>) {
  const args = [target.script, ...(target.args ?? [])];
  return { command: process.execPath, args, env: { ...target.env }, stderr: 'pipe' as const };
}

function collect(
  stream: { on(event: 'data', listener: (chunk: Buffer) => void): unknown } | null,
): () => string {
  let text = '';
  stream?.on('data', (chunk) => {
    text += chunk.toString();
  });
  return () => text;
}

async function connectV1(target: Target): Promise<TestClient> {
  const transport =
    'url' in target
      ? new StreamableHttpV1(new URL(target.url), headersOf(target))
      : new StdioClientTransportV1(commandOf(target));
  const stderr = collect(transport instanceof StdioClientTransportV1 ? transport.stderr : null);
  const client = new ClientV1(info);
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  return {
    list: async () => (await client.listTools()).tools,
    call: async (name, input) => (await client.callTool({ name, arguments: input })) as Called,
    stderr,
    [Symbol.asyncDispose]: () => client.close(),
  };
}

async function connectV2(target: Target, era: 'legacy' | 'modern'): Promise<TestClient> {
  const transport =
    'url' in target
      ? new StreamableHTTPClientTransport(new URL(target.url), headersOf(target))
      : new StdioClientTransport(commandOf(target));
  const stderr = collect(transport instanceof StdioClientTransport ? transport.stderr : null);
  const client = new Client(info, era === 'modern' ? { versionNegotiation: { mode: 'auto' } } : {});
  await client.connect(transport);
  return {
    list: async () => (await client.listTools()).tools,
    call: async (name, input) => (await client.callTool({ name, arguments: input })) as Called,
    stderr,
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** The clients that people have: the v1 SDK, and the v2 SDK in both protocol eras. */
export const clients: readonly [name: string, connect: (target: Target) => Promise<TestClient>][] = [
  ['v1 client', connectV1],
  ['v2 client, 2025 era', (target) => connectV2(target, 'legacy')],
  ['v2 client, 2026 era', (target) => connectV2(target, 'modern')],
];
