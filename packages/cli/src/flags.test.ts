import { defineOperation, operationList } from '@bonafide/core/operations';
import { Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addInput, inputOf } from './flags.ts';

const GLOBAL = ['--url', '--agent', '--token', '--json', '--help', '--version', '--yes', '--wide'];

const everyKind = defineOperation({
  id: 'things.make',
  summary: 's',
  description: 'd',
  risk: 'low',
  access: 'public',
  http: { method: 'POST', path: '/v1/things/{thingId}' },
  input: z.strictObject({
    thingId: z.string(),
    text: z.string().optional(),
    howMany: z.int().optional(),
    isGood: z.boolean().optional(),
    tags: z.array(z.string()).optional(),
    sizes: z.array(z.int()).optional(),
    points: z.array(z.object({ x: z.int() })).optional(),
    more: z.record(z.string(), z.json()).optional(),
    colour: z.enum(['red', 'blue']).optional(),
    anything: z.json().optional(),
    level: z.literal([0, 10]).optional(),
    cedar: z.string().optional(),
    url: z.string().optional(),
  }),
  output: z.object({}),
  errors: [],
  idempotent: true,
});

function parse(...args: string[]): Promise<Record<string, unknown>> {
  const command = addInput(new Command(), everyKind)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  const read = async (file: string) => `text of ${file}`;
  return inputOf(command.parse(args, { from: 'user' }), { operation: everyKind, read });
}

it.each(operationList.map((operation) => [operation.id, operation] as const))(
  '%s has no flag twice and none that every command has',
  (_id, operation) => {
    const flags = addInput(new Command(), operation).options.map(({ long }) => long);
    expect(new Set(flags).size).toBe(flags.length);
    expect(flags.filter((flag) => GLOBAL.includes(flag ?? ''))).toEqual([]);
  },
);

it('takes one of a few numbers as a number, and one that it is not is for the schema to refuse', async () => {
  expect(await parse('t', '--level', '10')).toEqual({ thingId: 't', level: 10 });
  expect(await parse('t', '--level', '15')).toEqual({ thingId: 't', level: 15 });
});

it('takes a number in a path as a number', async () => {
  const operation = { ...everyKind, input: z.strictObject({ thingId: z.int() }) };
  const read = async (file: string) => file;
  for (const [given, expected] of [
    ['5', 5],
    ['five', 'five'],
  ] as const) {
    const command = addInput(new Command(), operation).parse([given], { from: 'user' });
    expect(await inputOf(command, { operation, read })).toEqual({ thingId: expected });
  }
});

it('takes the key that an operation is about without a flag', async () => {
  const operation = { ...everyKind, http: { method: 'POST', path: '/v1/things' } } as const;
  const input = z.strictObject({ key: z.string(), text: z.string().optional() });
  const command = addInput(new Command(), { ...operation, input });
  command.parse(['team/goal', '--text', 'a'], { from: 'user' });
  const read = async (file: string) => file;
  const given = await inputOf(command, { operation: { ...operation, input }, read });
  expect(given).toEqual({ key: 'team/goal', text: 'a' });
});

it('says of a request to a service what the address of a service looks like', () => {
  const operation = operationList.find(({ id }) => id === 'services.request');
  if (!operation) throw new Error('no such operation');
  const to = addInput(new Command(), operation).options.find(({ long }) => long === '--to');
  expect(to?.description).toContain('sv::memory::default');
});

it('says how text is given where JSON is asked for', () => {
  expect(() => parse('t', '--anything', 'hello')).toThrow(`It must be JSON; text goes in quotes: '"…"'.`);
});

describe('the input of an operation', () => {
  it.each([
    [['t1'], {}],
    [['t1', '--text', 'a b'], { text: 'a b' }],
    [['t1', '--text', ''], { text: '' }],
    [['--text=--x', 't1'], { text: '--x' }],
    [['t1', '--how-many', '5'], { howMany: 5 }],
    [['t1', '--how-many', '-5'], { howMany: -5 }],
    [['t1', '--how-many', 'five'], { howMany: 'five' }],
    [['t1', '--how-many', ' '], { howMany: ' ' }],
    [['t1', '--is-good'], { isGood: true }],
    [['t1', '--no-is-good'], { isGood: false }],
    [['t1', '--tags', 'a', '--tags', 'b,c'], { tags: ['a', 'b,c'] }],
    [['t1', '--sizes', '1', '--sizes', 'two'], { sizes: [1, 'two'] }],
    [['t1', '--points', '[{"x":1}]'], { points: [{ x: 1 }] }],
    [['t1', '--more', '{"__proto__":{"x":1}}'], { more: JSON.parse('{"__proto__":{"x":1}}') }],
    [['t1', '--colour', 'red'], { colour: 'red' }],
    [['t1', '--anything', 'null'], { anything: null }],
    [['t1', '--thing-url', 'http://x'], { url: 'http://x' }],
    [['t1', '--cedar', 'p.cedar'], { cedar: 'text of p.cedar' }],
  ])('%j', async (args, rest) => {
    expect(await parse(...args)).toEqual({ thingId: 't1', ...rest });
  });

  it.each([
    [[]],
    [['t1', 't2']],
    [['t1', '--colour', 'green']],
    [['t1', '--points', '[']],
    [['t1', '--unknown']],
    [['t1', '--text']],
  ])('%j is refused', (args) => {
    expect(() => parse(...args)).toThrow(CommanderError);
  });
});
