import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { Schema } from '../exchange/types.ts';
import { capability, type ExecutionOf, toSkill } from './capability.ts';

const capabilities = {
  greet: capability({
    description: 'Greets somebody',
    input: z.object({ name: z.string(), times: z.number().default(1) }),
    output: z.object({ text: z.string() }),
    priceUsdc: '0.10',
    risk: 'low',
  }),
  count: capability({ description: 'Counts', input: z.object({ to: z.number() }) }),
};
type Execution = ExecutionOf<{ capabilities: typeof capabilities }>;

describe('the types of an execution', () => {
  it('are those of the schema of the capability that it names', () => {
    const run = ({ capability, args }: Execution): string | number => {
      if (capability === 'greet') return args.name.repeat(args.times);
      expectTypeOf(args).toEqualTypeOf<{ to: number }>();
      return args.to;
    };
    expectTypeOf<Execution['capability']>().toEqualTypeOf<'greet' | 'count'>();
    expect(run).toBeTypeOf('function');
  });
});

describe('a skill', () => {
  it('has the schemas of its capability as JSON Schema, without what has a default', () => {
    expect(toSkill('greet', capabilities.greet)).toEqual({
      ...{ capability: 'greet', description: 'Greets somebody', priceUsdc: '0.10', risk: 'low' },
      inputSchema: {
        type: 'object',
        properties: { name: { type: 'string' }, times: { type: 'number', default: 1 } },
        required: ['name'],
      },
      outputSchema: {
        ...{ type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
        additionalProperties: false,
      },
    });
  });

  it('has no schema where that is of another library', () => {
    const input: Schema<string> = { safeParse: (value) => ({ success: true, data: String(value) }) };
    expect(toSkill('echo', capability({ description: 'Says it again', input }))).toEqual({
      ...{ capability: 'echo', description: 'Says it again' },
    });
  });

  it.each([
    ['a name that nobody could ask for', 'Greet Me', {}],
    ['a price that is no amount', 'greet', { priceUsdc: '1e3' }],
    ['a description that is too long', 'greet', { description: 'x'.repeat(501) }],
  ])('is refused with %s', (_what, name, change) => {
    const publish = () => toSkill(name, { ...capabilities.greet, ...change });
    expect(publish).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
  });
});
