import { z } from 'zod';
import { addressPart, addressText } from './address.ts';
import { id, jsonObject, timestamp } from './common.ts';

/** `self`: the creator does it. `targeted`: one principal does. `pool`: whichever worker claims it first. */
export const assignmentMode = z.enum(['self', 'targeted', 'pool']);

/**
 * `pending` waits for a worker, `running` has one with a lease, `paused` waits for resume, `failed`, `cancelled` and `dead`
 * (its attempts are used up) can be retried.
 */
export const taskStatus = z.enum([
  'pending',
  'running',
  'paused',
  'completed',
  'failed',
  'cancelled',
  'dead',
]);
export type TaskStatus = z.infer<typeof taskStatus>;

export const taskType = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,127}$/, 'must be 1-128 letters, digits, dots, slashes or dashes');

/** How a failed or abandoned attempt is repeated: waits double from the first to the longest, with jitter. */
export const retryPolicy = z.strictObject({
  maxAttempts: z.int().min(1).max(100).default(5),
  initialBackoffMs: z.int().min(0).max(3_600_000).default(1000),
  maxBackoffMs: z.int().min(0).max(86_400_000).default(60_000),
});

export const taskProgress = z.object({
  fraction: z.number().min(0).max(1).optional(),
  step: z.string().max(200).optional(),
  message: z.string().max(2000).optional(),
});

/** Largest payload or result as JSON text, in bytes. */
export const MAX_TASK_BYTES = 524_288;

export const task = z.object({
  taskId: id,
  workspace: z.string().meta({ isForPrograms: true }),
  taskType,
  mode: assignmentMode,
  status: taskStatus,
  target: z.string().optional().meta({ description: 'Address it is for; with pool the implementation' }),
  payload: z.json().optional(),
  metadata: jsonObject.meta({ isForPrograms: true }),
  priority: z.int().meta({ isForPrograms: true }),
  createdBy: z.string().meta({ isForPrograms: true }),
  onBehalfOf: z.string().optional().meta({ isForPrograms: true }),
  assignedTo: z.string().optional().meta({ description: 'Address of the worker that has the lease' }),
  attempt: z.int().min(0).meta({ description: 'Number of the current or last lease; a report must name it' }),
  maxAttempts: z.int().meta({ isForPrograms: true }),
  progress: taskProgress.optional(),
  result: z.json().optional(),
  error: z.string().optional(),
  notBefore: timestamp
    .optional()
    .meta({ description: 'When the next attempt may start', isForPrograms: true }),
  leaseExpiresAt: timestamp.optional().meta({ isForPrograms: true }),
  createdAt: timestamp,
  updatedAt: timestamp,
  finishedAt: timestamp.optional(),
});
export type Task = z.infer<typeof task>;

/** One thing that happened to a task, with the task as it is after it. */
export const taskEvent = z.object({
  change: z.enum([
    'created',
    'claimed',
    'progress',
    'paused',
    'resumed',
    'requeued',
    'completed',
    'failed',
    'cancelled',
    'dead',
  ]),
  at: timestamp,
  task,
});
export type TaskEvent = z.infer<typeof taskEvent>;

/** How instances of an implementation are started when it is needed and away. */
export const implementation = z.object({
  implementation: addressPart,
  profile: z.string().meta({ description: 'What an orchestrator must support, such as docker' }),
  launchParameters: jsonObject,
  description: z.string().optional(),
  taskTypes: z.array(taskType).meta({ description: 'Tasks of a pool that its instances take' }),
  maxInstances: z.int().min(1).meta({ description: 'How many pooled instances may run at once' }),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type Implementation = z.infer<typeof implementation>;

/** A start that an orchestrator was asked for. */
export const launch = z.object({
  launchId: id,
  workspace: z.string(),
  implementation: z.string(),
  address: z.string().optional().meta({ description: 'Whom to start; absent for one of a pool' }),
  profile: z.string(),
  launchParameters: jsonObject,
  orchestrator: z.string().optional().meta({ description: 'Who was asked; absent until one is connected' }),
  status: z.enum(['waiting', 'assigned', 'started', 'failed', 'expired']),
  reason: z.string().optional(),
  taskId: id.optional().meta({ description: 'The task that asked for it' }),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type Launch = z.infer<typeof launch>;

/** Body of an `assignment` message: what to start, and the token with which it connects. */
export const assignment = z.object({
  launchId: id,
  implementation: z.string(),
  address: addressText.optional(),
  profile: z.string(),
  launchParameters: jsonObject,
  taskId: id.optional(),
  taskToken: z
    .string()
    .meta({ description: 'Bearer token of the new instance; short-lived, for this address alone' }),
  expiresAt: timestamp,
});
export type Assignment = z.infer<typeof assignment>;
