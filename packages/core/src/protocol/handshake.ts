import { z } from 'zod';
import { addressPart, principalType } from '../models/address.ts';
import { id, name } from '../models/common.ts';
import { taskType } from '../models/task.ts';
import { PROTOCOL } from './frames.ts';

/** Where sessions are opened: a WebSocket, or by POST, which answers a ticket for `/stream` and `/frames` below it. */
export const SESSION_PATH = '/v1/session';
/** Carries a ticket, as `<connectionId>.<secret>`. */
export const TICKET_HEADER = 'bonafide-connection';

/** Types of the two envelopes. */
export const HELLO = 'session.hello';
export const WELCOME = 'session.welcome';

/** As whom to connect; what is absent comes from the credential, and the id of a pooled task from the gateway. */
export const sessionPrincipal = z.strictObject({
  type: principalType,
  implementation: addressPart.optional(),
  specifier: addressPart.optional(),
  window: addressPart.optional(),
});
export type SessionPrincipal = z.infer<typeof sessionPrincipal>;

/** What a client signs to open a session: bound to this challenge of this gateway. */
export const hello = z.strictObject({
  protocol: z.literal(PROTOCOL),
  nonce: z.string().min(16).max(128),
  gateway: z.string(),
  principal: sessionPrincipal,
  workspace: name.optional().meta({ description: 'Absent: that of the credential' }),
  resumeToken: z.string().max(200).optional(),
  takeOver: z.boolean().default(false).meta({ description: 'Close a live session of the same credential' }),
  credit: z
    .int()
    .min(0)
    .max(10_000)
    .default(256)
    .meta({ description: 'Deliveries that may be unacknowledged' }),
  profiles: z
    .array(addressPart)
    .max(50)
    .default([])
    .meta({ description: 'Of an orchestrator: what it can start' }),
  taskTypes: z.array(taskType).max(50).default([]),
  client: z.strictObject({ name: z.string().max(64), version: z.string().max(32) }).optional(),
});
export type Hello = z.infer<typeof hello>;

/** What the gateway signs when it lets somebody in. */
export const welcome = z.object({
  protocol: z.literal(PROTOCOL),
  nonce: z.string().meta({ description: 'Of the challenge that was answered' }),
  sessionId: id,
  epoch: z
    .int()
    .min(1)
    .meta({ description: 'Rises with every session of the address; a lower one is stale' }),
  address: z.string(),
  workspace: z.string(),
  resumeToken: z.string(),
  isResumed: z.boolean(),
  gatewayId: z.string(),
  version: z.string(),
  limits: z.object({
    heartbeatMs: z.int(),
    maxFrameBytes: z.int(),
    maxMessageBytes: z.int(),
    maxCredit: z.int(),
  }),
  config: z.object({
    workspace: z.string(),
    tenant: z.string(),
    settings: z.record(z.string(), z.unknown()),
  }),
});
export type Welcome = z.infer<typeof welcome>;
