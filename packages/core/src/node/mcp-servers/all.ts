import type { Agent, CallOptions } from '../../client/types.ts';
import { BonafideError } from '../../errors.ts';
import type { DiscoveredServer, McpServer } from '../../models/mcp-server.ts';
import type { Environment } from '../settings.ts';
import { discover, type FoundServer } from './discover.ts';
import { referredValues } from './expand.ts';
import { type Host, thisHost } from './host.ts';
import { mapBounded } from './map-bounded.ts';
import type { ServerFields } from './register.ts';

/** Where to look for configuration. */
export interface DetectOptions {
  /** Only this file. */
  readonly configPath?: string | undefined;
  /** Says where clients keep their files, and fills `${NAME}`; `process.env` in a program. */
  readonly env?: Environment | undefined;
  /** The project; by default the current folder. */
  readonly cwd?: string | undefined;
}

/** The MCP servers that the clients on this machine are configured with, without secrets. Starts nothing. */
export async function autoDetectMcpServers(options: DetectOptions = {}): Promise<DiscoveredServer[]> {
  const { found } = await discover(thisHost(options), options);
  return found.map(({ shown }) => shown);
}

/** What is known of one server, by the names of `mcpServers.register`. */
export interface RegisterMcpServerInput extends Omit<ServerFields, 'timeoutMs'> {
  readonly name: string;
}

type McpAgent = Pick<Agent, 'mcpServers'>;

/** Asks a server over MCP what it offers and pins it; `publicKey` is that of the agent that registered it. */
export function registerMcpServer(
  agent: McpAgent,
  { args, env, headers, variables, ...input }: RegisterMcpServerInput,
  { timeoutMs, ...options }: CallOptions = {},
): Promise<McpServer> {
  const copies = {
    ...{ args: args && [...args], env: env && { ...env }, headers: headers && { ...headers } },
    variables: variables && { ...variables },
  };
  return agent.mcpServers.register({ ...input, ...copies, timeoutMs }, options);
}

export interface AllOptions extends Omit<DetectOptions, 'configPath'> {
  /** As `autoDetectMcpServers` found them; by default all that are enabled. */
  readonly servers?: readonly DiscoveredServer[] | undefined;
  /** How many at a time; default 4. */
  readonly concurrency?: number | undefined;
  /** For each server; default one minute. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with each result as it comes. */
  readonly onResult?: ((result: McpServerResult) => void) | undefined;
}

/** What became of one server: registered, or the error that says what to do. */
export type McpServerResult = { readonly name: string; readonly discovered: DiscoveredServer } & (
  | {
      readonly status: 'ok';
      readonly serverId: string;
      readonly publicKey: string;
      readonly server: McpServer;
    }
  | { readonly status: 'failed'; readonly error: BonafideError }
);

/** Registers every server found, one result for each; a failure stops none of the others. */
export function registerAllMcpServers(agent: McpAgent, options: AllOptions = {}): Promise<McpServerResult[]> {
  return forAll(options, (fields, name) =>
    agent.mcpServers.register({ name, ...fields }, { signal: options.signal }),
  );
}

/** Asks every server found that is registered, again, and reports what it says; one result for each. */
export async function checkAllMcpServers(
  agent: McpAgent,
  options: AllOptions = {},
): Promise<McpServerResult[]> {
  const ids = await registeredIds(agent, options.signal);
  return forAll(options, (fields, name) => {
    const serverId = ids.get(name);
    if (serverId === undefined) throw new BonafideError('NOT_FOUND', `'${name}' is not registered yet.`);
    return agent.mcpServers.checkDrift({ serverId, ...fields }, { signal: options.signal });
  });
}

type Fields = Omit<Parameters<McpAgent['mcpServers']['register']>[0], 'name'>;
type Ask = (fields: Fields, name: string) => Promise<McpServer>;

async function forAll(options: AllOptions, ask: Ask): Promise<McpServerResult[]> {
  const { concurrency = 4, onResult } = options;
  const host = thisHost(options);
  const servers =
    options.servers ?? (await autoDetectMcpServers(options)).filter(({ isEnabled }) => isEnabled);
  const files = readOnce(host);
  return mapBounded(servers, {
    limit: concurrency,
    map: async (discovered) => {
      const result = await attempt(discovered, async (name) => {
        const found = findAgain(await files(discovered), discovered);
        return ask(toFields(found, { host, timeoutMs: options.timeoutMs }), name);
      });
      onResult?.(result);
      return result;
    },
  });
}

async function attempt(
  discovered: DiscoveredServer,
  ask: (name: string) => Promise<McpServer>,
): Promise<McpServerResult> {
  const name = toName(discovered.name);
  try {
    const server = await ask(name);
    const { serverId, publicKey } = server;
    return { name, discovered, status: 'ok', serverId, publicKey, server };
  } catch (error) {
    return { name, discovered, status: 'failed', error: BonafideError.from(error) };
  }
}

/** What was found holds no secrets, so each file is read again, once, for how its servers are started. */
function readOnce(host: Host): (server: DiscoveredServer) => Promise<readonly FoundServer[]> {
  const files = new Map<string, Promise<readonly FoundServer[]>>();
  return ({ configPath }) => {
    const known = files.get(configPath) ?? discover(host, { configPath }).then(({ found }) => found);
    files.set(configPath, known);
    return known;
  };
}

function findAgain(
  found: readonly FoundServer[],
  { name, project, transport }: DiscoveredServer,
): FoundServer {
  const same = found.filter(({ shown }) => shown.name === name && isSame(shown.transport, transport));
  const server = same.find(({ shown }) => shown.project === project) ?? same[0];
  if (server) return { ...server, shown: { ...server.shown, project } };
  throw new BonafideError(
    'NOT_FOUND',
    `'${name}' is no longer in its file as it was found. Detect it again.`,
  );
}

function isSame(a: DiscoveredServer['transport'], b: DiscoveredServer['transport']): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function toFields(
  { definition, shown }: FoundServer,
  { host, timeoutMs }: { readonly host: Host; readonly timeoutMs: number | undefined },
): Fields {
  const { project } = shown;
  const variables = referredValues(definition, {
    userHome: host.home,
    workspaceFolder: project,
    ...host.env,
  });
  if (definition.type === 'http') {
    return { url: definition.url, headers: { ...definition.headers }, variables, timeoutMs };
  }
  const { command, args, env, cwd = project } = definition;
  return { command, args: [...args], env: { ...env }, cwd, variables, timeoutMs };
}

/** Clients allow any text as a name; a workspace allows what fits in a resource such as `mcp:files/read`. */
function toName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 63);
  return name || 'server';
}

async function registeredIds(agent: McpAgent, signal: AbortSignal | undefined): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await agent.mcpServers.list({ limit: 100, cursor }, { signal });
    for (const { name, serverId } of items) ids.set(name, serverId);
    cursor = nextCursor;
  } while (cursor !== undefined);
  return ids;
}
