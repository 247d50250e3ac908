import { z } from 'zod';
import { addressPart, addressText } from './address.ts';
import { id, jsonObject, timestamp } from './common.ts';
import { kvKey } from './kv.ts';
import { messageKind } from './message.ts';
import { taskType } from './task.ts';

const pattern = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\s\p{C}]+$/u, 'must have no spaces');

/** What starts a rule. `condition` is a CEL expression over `event`: `{ type, source, workspace, data }`. */
export const ruleTrigger = z.strictObject({
  eventType: pattern.meta({ description: 'Type of the event, * for anything, as in build.*' }),
  source: pattern.optional().meta({ description: 'Address of the sender as the gateway knows it, with *' }),
  condition: z.string().max(1000).optional().meta({ description: 'CEL, such as event.data.size > 10' }),
});

/** What a rule does. Texts in it may hold `{{event.data.name}}`, replaced by what the event has there. */
export const ruleAction = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('send'), to: z.string().max(640), kind: messageKind, body: z.json() }),
  z.strictObject({
    do: z.literal('createTask'),
    taskType,
    implementation: addressPart.optional(),
    target: addressText.optional(),
    payload: z.json().optional(),
    metadata: jsonObject.optional(),
  }),
  z.strictObject({ do: z.literal('putKey'), key: kvKey, value: z.json() }),
  z.strictObject({ do: z.literal('emitEvent'), type: z.string().min(1).max(256), data: jsonObject }),
]);
export type RuleAction = z.infer<typeof ruleAction>;

/** On an event, some actions; all of them or none are carried out. */
export const workflowRule = z.object({
  ruleId: id,
  name: z.string().min(1).max(100),
  on: ruleTrigger,
  actions: z.array(ruleAction).min(1).max(10),
  isEnabled: z.boolean(),
  createdBy: z.string(),
  createdAt: timestamp,
  updatedAt: timestamp,
  runs: z.int().min(0),
  lastRunAt: timestamp.optional(),
  lastError: z.string().optional(),
});
export type WorkflowRule = z.infer<typeof workflowRule>;

/** Body of an `event` message: what happened, for workflow engines and rules. */
export const workflowEvent = z.object({ type: z.string().min(1).max(256), data: jsonObject.default({}) });
export type WorkflowEvent = z.infer<typeof workflowEvent>;

/** What a rule would do with an event; nothing of it is done. */
export const ruleTrial = z.object({
  isMatch: z.boolean(),
  reason: z.string(),
  actions: z.array(ruleAction),
});
