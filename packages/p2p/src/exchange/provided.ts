import { BonafideError } from '@bonafide/core';
import type { z } from 'zod';
import { toValidationError } from './problems.ts';
import { createSlots, type Slots } from './slots.ts';
import type { Capability, ExecutionHandler, IncomingExecution, Json } from './types.ts';

const DEFAULT_CONCURRENCY = 8;
const MAX_WAITING = 32;

/** JSON as messages have it. */
export type MessageJson = z.infer<ReturnType<typeof z.json>>;

/** What a handler gets beside its arguments. */
export type ExecutionBase = Omit<IncomingExecution, 'args'>;

/** A capability with its handler, and who runs it now. */
export interface Provided {
  readonly capability: Capability<unknown>;
  readonly slots: Slots;
  /** Checks the arguments; what it returns runs the handler with them. */
  prepare(args: Readonly<Record<string, Json>>): (base: ExecutionBase) => unknown;
  /** The result as it is sent. */
  toResult(value: unknown): MessageJson;
}

export function toProvided<Args, Result>(
  capability: Capability<Args, Result>,
  handler: ExecutionHandler<Args>,
): Provided {
  const { input, output, concurrency = DEFAULT_CONCURRENCY } = capability;
  return {
    capability,
    slots: createSlots({ running: concurrency, waiting: MAX_WAITING }),
    prepare(args) {
      const parsed = input.safeParse(args);
      if (parsed.success) return (base) => handler({ ...base, args: parsed.data });
      throw toValidationError('The arguments do not fit this capability.', parsed.error.issues);
    },
    toResult(value) {
      const parsed = output?.safeParse(value);
      if (!parsed || parsed.success) return toJson(parsed ? parsed.data : value);
      throw new BonafideError('INTERNAL', 'The peer made a result that does not fit what it published.', {
        cause: toValidationError('The result does not fit the output schema.', parsed.error.issues),
      });
    },
  };
}

/** As JSON has it: no result is null. */
export function toJson(value: unknown): MessageJson {
  if (value === undefined) return null;
  try {
    const text = JSON.stringify(value);
    if (text !== undefined) return JSON.parse(text);
  } catch (cause) {
    throw new BonafideError('INTERNAL', 'The peer made a value that is not JSON.', { cause });
  }
  throw new BonafideError('INTERNAL', 'The peer made a value that is not JSON.');
}
