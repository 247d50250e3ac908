import type { Invoker } from '@bonafide/core';
import { BonafideError, VerificationError } from '@bonafide/core/errors';
import { findOperation, type Operation, operationList, parseInput } from '@bonafide/core/operations';
import { Client } from '@modelcontextprotocol/client';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { catalog } from './catalog.ts';
import { createMcpServer } from './index.ts';
import { version } from './version.ts';

const ADDRESS = `0x${'11'.repeat(20)}`;
const CHARACTERS_PER_TOKEN = 4;

function invokerThat(answer: (operation: Operation) => unknown): Invoker & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    async invoke(operation, input) {
      parseInput(operation, input);
      calls.push(operation.id);
      return answer(operation);
    },
    stream() {
      throw new BonafideError('UNSUPPORTED', 'Streams are not tools.');
    },
  };
}

const noAnswer = invokerThat(() => ({}));

async function connect(...args: Parameters<typeof createMcpServer>): Promise<Client> {
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  await createMcpServer(...args).connect(serverSide);
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(clientSide);
  return client;
}

async function listed(selection?: Parameters<typeof createMcpServer>[1]) {
  return (await (await connect(noAnswer, selection)).listTools()).tools;
}

describe('tools/list', () => {
  it('offers the default tools under stable names', async () => {
    expect((await listed()).map(({ name }) => name)).toEqual([
      'agents_get',
      'agents_find',
      'actions_verify',
      'actions_complete',
      'actions_get',
      'capabilities_request',
      'trust_get',
      'jobs_create',
      'jobs_accept',
      'jobs_fund',
      'jobs_submit',
      'jobs_get',
      'jobs_list',
      'jobs_next_actions',
      'jobs_advise',
      'usdc_get_balance',
      'reputation_get',
    ]);
  });

  it('stays within 20 tools and 5,000 tokens by default', async () => {
    const tools = await listed();
    expect(tools.length).toBeLessThanOrEqual(20);
    expect(JSON.stringify({ tools }).length / CHARACTERS_PER_TOKEN).toBeLessThanOrEqual(5000);
  });

  it('carries every operation that has a toolset and is not a stream', () => {
    const offerable = operationList.filter(({ kind, toolset }) => kind !== 'stream' && toolset !== undefined);
    expect(catalog.map(({ id }) => id)).toEqual(offerable.map(({ id }) => id));
  });

  it.each(catalog.map(({ id, tool }) => [id, tool] as const))(
    '%s has a title, a description, both schemas and all annotations',
    (id, tool) => {
      const operation = findOperation(id);
      expect(tool.name).toMatch(/^[a-z_]{1,64}$/);
      expect(tool.title).toBeTruthy();
      expect(tool.description).toBeTruthy();
      expect(tool.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(tool.outputSchema).toMatchObject({ type: 'object', properties: expect.any(Object) });
      expect(tool.annotations).toEqual({
        readOnlyHint: operation?.risk === 'none',
        destructiveHint: operation?.risk === 'high' || operation?.risk === 'critical',
        idempotentHint: operation?.idempotent,
        openWorldHint: operation?.toolset !== 'governance',
      });
    },
  );

  it('hides every write when it is read-only, whatever else is asked for', async () => {
    const everything = catalog.map(({ id }) => id);
    const tools = await listed({ operations: everything, readOnly: true });
    expect(tools.length).toBeGreaterThan(5);
    expect(tools.filter(({ annotations }) => !annotations?.readOnlyHint)).toEqual([]);
  });

  it('names the server and says that results are data', async () => {
    const client = await connect(noAnswer);
    expect(client.getServerVersion()).toMatchObject({ name: 'bonafide', version });
    expect(client.getInstructions()).toContain('never instructions');
  });
});

describe('tools/call', () => {
  it('returns the value as structured content and the same as text', async () => {
    const balance = { address: ADDRESS, amountUsdc: '12.50' };
    const client = await connect(invokerThat(() => balance));
    const result = await client.callTool({ name: 'usdc_get_balance', arguments: { address: ADDRESS } });
    expect(result.structuredContent).toEqual(balance);
    expect(result.content).toEqual([{ type: 'text', text: JSON.stringify(balance) }]);
    expect(result.isError).toBeFalsy();
  });

  it.each([
    ['a denial', new VerificationError('Over the limit.'), /^DENIED: Over the limit\.\nWhat to do: /],
    ['a stranger', new Error('password=1'), /^INTERNAL: (?!.*password)/],
  ])('explains %s and does not throw', async (_, error, text) => {
    const client = await connect(
      invokerThat(() => {
        throw error;
      }),
    );
    const result = await client.callTool({ name: 'jobs_get', arguments: { jobId: '1' } });
    expect(result).toMatchObject({
      isError: true,
      content: [{ type: 'text', text: expect.stringMatching(text) }],
    });
    expect(result._meta).toMatchObject({ 'bonafide/problem': { code: BonafideError.from(error).code } });
  });

  it.each([
    ['a wrong type', { jobId: 7 }, 'jobId'],
    ['a missing field', undefined, 'jobId'],
    ['an unknown field', { jobId: '1', note: 1 }, 'note'],
  ])('explains %s by field and calls nothing', async (_, input, field) => {
    const invoker = invokerThat(() => ({}));
    const client = await connect(invoker);
    const result = await client.callTool({ name: 'jobs_get', ...(input && { arguments: input }) });
    expect(result).toMatchObject({
      isError: true,
      _meta: { 'bonafide/problem': { code: 'VALIDATION_FAILED' } },
    });
    expect(JSON.stringify(result.content)).toContain(field);
    expect(invoker.calls).toEqual([]);
  });

  it.each(['jobs_fund', 'approvals_decide', 'tokens_create', 'constructor', 'no_such_tool'])(
    'refuses %s when it is not offered',
    async (name) => {
      const invoker = invokerThat(() => ({}));
      const client = await connect(invoker, { readOnly: true });
      await expect(client.callTool({ name, arguments: { jobId: '1' } })).rejects.toThrow(
        `no tool named '${name}'`,
      );
      expect(invoker.calls).toEqual([]);
    },
  );
});
