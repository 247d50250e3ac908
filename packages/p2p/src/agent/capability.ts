import { ValidationError } from '@bonafide/core';
import { type Skill, skill } from '@bonafide/core/models';
import { z } from 'zod';
import type { Capability, IncomingExecution, Schema } from '../exchange/types.ts';

/** What an agent does for peers, by the name under which it is found and run. */
export type Capabilities = Readonly<Record<string, Capability<unknown>>>;

type ValueOf<Of> = Of extends Schema<infer Value> ? Value : never;

type ExecutionsOf<All extends Capabilities> = {
  readonly [Name in keyof All & string]: IncomingExecution<ValueOf<All[Name]['input']>> & {
    readonly capability: Name;
  };
};

/** An execution as `execute` of this agent gets it: `capability` says which it is, and with it what `args` are. */
export type ExecutionOf<Of extends { readonly capabilities: Capabilities }> = ExecutionsOf<
  Of['capabilities']
>[keyof Of['capabilities'] & string];

/** A capability with the types of its schemas, which are those of zod or of another library with `safeParse`. */
export function capability<Args, Result = unknown>(
  definition: Capability<Args, Result>,
): Capability<Args, Result> {
  return definition;
}

/** What is published of a capability: also its schemas, as JSON Schema, where they are of zod. */
export function toSkill(name: string, { input, output, ...rest }: Capability<unknown>): Skill {
  const { description, priceUsdc, risk } = rest;
  const inputSchema = toJsonSchema(input, 'input');
  const outputSchema = output && toJsonSchema(output, 'output');
  const { data, error } = skill.safeParse({
    ...{ capability: name, description },
    ...(inputSchema && { inputSchema }),
    ...(outputSchema && { outputSchema }),
    ...(priceUsdc !== undefined && { priceUsdc }),
    ...(risk !== undefined && { risk }),
  });
  if (data) return data;
  const issues = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new ValidationError(`The capability '${name}' cannot be published.`, { issues });
}

/** JSON Schema of what is sent or comes back; undefined for schemas that are not of zod. */
export function toJsonSchema(
  schema: Schema<unknown>,
  io: 'input' | 'output',
): Readonly<Record<string, unknown>> | undefined {
  if (!(schema instanceof z.core.$ZodType)) return undefined;
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
