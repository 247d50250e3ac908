import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Invoker } from '@bonafide/core';
import { namesOf, type Operation, operationList, type Toolset } from '@bonafide/core/operations';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { BonafideToolkit } from '@bonafide/langchain';
import { createMcpServer } from '@bonafide/mcp';
import { createBonafidePlugin } from '@bonafide/plugin-elizaos';
import { Client } from '@modelcontextprotocol/client';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from './repository.ts';
import { runOrThrow } from './run.ts';

const CLI = join(repositoryRoot, 'packages', 'cli', 'bin', 'bonafide.js');
const ABSENT_ID = '0197a000-0000-7000-8000-000000000001';

type WithHttp = Exclude<Operation, { kind: 'local' }>;

const forModels = operationList.filter(({ kind, toolset }) => kind !== 'stream' && toolset !== undefined);
const notForModels = operationList.filter((operation) => !forModels.includes(operation));
const withHttp = operationList.filter((operation): operation is WithHttp => operation.kind !== 'local');
const toolsets = [...new Set(forModels.map(({ toolset }) => toolset as Toolset))];
const toolNamesOf = (operations: readonly Operation[]) => operations.map((each) => namesOf(each).tool).sort();

const silent: Invoker = {
  invoke: async () => ({}),
  stream: async function* stream() {},
};

let folder: string;
let gateway: Gateway;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-parity-'));
  // Every operation is called without a proof, which would soon be too often.
  const guessLimit = { perMinute: 10_000, burst: 10_000 };
  gateway = await createGateway({ database: join(folder, 'gateway.db'), logLevel: 'silent', guessLimit });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe('names', () => {
  it.each(['client', 'tool', 'elizaAction', 'cli'] as const)('are unique on the surface %s', (surface) => {
    const names = operationList.map((operation) => namesOf(operation)[surface]);
    expect(new Set(names).size).toBe(operationList.length);
  });

  it('are unique over HTTP', () => {
    const routes = withHttp.map(({ http }) => `${http.method} ${http.path.replaceAll(/\{\w+\}/g, '{}')}`);
    expect(new Set(routes).size).toBe(routes.length);
  });
});

describe('client', () => {
  const client = new Map<string, unknown>(Object.entries(createClient({ url: 'http://127.0.0.1:9' })));

  it.each(operationList)('has a method for $id', ({ id }) => {
    const [noun = '', verb = ''] = id.split('.');
    expect(client.get(noun)).toHaveProperty(verb, expect.any(Function));
  });
});

describe('gateway', () => {
  it.each(withHttp)('answers $id, and never with "no such address"', async ({ http, access }) => {
    const path = http.path.replaceAll(/\{\w+\}/g, ABSENT_ID);
    const response = await gateway.fetch(new Request(`${gateway.url}${path}`, { method: http.method }));
    const { detail = '' } = await response.json();
    expect(detail).not.toMatch(/nothing at this address|does not run/);
    // Public operations may refuse empty input; all others must ask who it is first.
    if (access !== 'public') expect(response.status).toBe(401);
  });

  it('describes exactly the operations that travel over HTTP', async () => {
    const response = await gateway.fetch(new Request(`${gateway.url}/openapi.json`));
    const document: { paths: Record<string, Record<string, { operationId?: string }>> } =
      await response.json();
    const described = Object.values(document.paths).flatMap((item) =>
      Object.values(item).flatMap(({ operationId }) => operationId ?? []),
    );
    expect(described.sort()).toEqual(withHttp.map(({ id }) => id).sort());
  });
});

describe('surfaces for models', () => {
  it('LangChain has a tool for each', () => {
    const tools = new BonafideToolkit(silent, { toolsets }).getTools();
    expect(tools.map(({ name }) => name).sort()).toEqual(toolNamesOf(forModels));
  });

  it('MCP has a tool for each', async () => {
    const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
    await createMcpServer(silent, { toolsets }).connect(serverSide);
    const client = new Client({ name: 'parity', version: '0.0.0' });
    await client.connect(clientSide);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual(toolNamesOf(forModels));
    await client.close();
  });

  it('Eliza has an action for each', () => {
    const actions = createBonafidePlugin({ toolsets }).actions ?? [];
    const expected = forModels.map((operation) => namesOf(operation).elizaAction);
    expect(actions.map(({ name }) => name).sort()).toEqual(expected.sort());
  });

  it('never offer streams or what belongs to people', () => {
    const ids = notForModels.map(({ id }) => id);
    const tools = new BonafideToolkit(silent, { operations: ids }).getTools();
    expect(tools).toEqual([]);
    expect(ids).toEqual(expect.arrayContaining(['approvals.decide', 'tokens.create', 'events.stream']));
  });

  it('offer at most 20 tools by default', () => {
    expect(new BonafideToolkit(silent).getTools().length).toBeLessThanOrEqual(20);
  });
});

describe('command line', () => {
  const bonafide = (...args: string[]) => runOrThrow(process.execPath, [CLI, ...args], { cwd: folder });

  it('prints every operation with its name on every surface', async () => {
    const { stdout } = await bonafide('operations', '--json');
    const printed: { id: string; names: unknown }[] = JSON.parse(stdout);
    const expected = operationList.map((operation) => ({
      id: operation.id,
      names: { ...namesOf(operation) },
    }));
    expect(printed.map(({ id, names }) => ({ id, names }))).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  it.each([...new Set(operationList.map(({ id }) => id.split('.')[0]))])(
    'has the commands of %s',
    async (noun) => {
      const group = operationList.filter(({ id }) => id.startsWith(`${noun}.`));
      const [, nounCommand = ''] = namesOf(group[0] as Operation).cli.split(' ');
      const { stdout } = await bonafide(nounCommand, '--help');
      for (const operation of group) expect(stdout).toContain(` ${namesOf(operation).cli.split(' ')[2]} `);
    },
  );
});
