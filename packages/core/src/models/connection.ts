import { z } from 'zod';
import { principalType } from './address.ts';
import { id, timestamp } from './common.ts';

/** A live session as operators see it, on whichever gateway it is. */
export const connection = z.object({
  sessionId: id,
  address: z.string(),
  principalType,
  actor: z.string().meta({ description: 'Whose credential opened it, as in the audit log' }),
  workspace: z.string(),
  epoch: z.int().min(1).meta({ description: 'Rises with every session of the address' }),
  transport: z.enum(['websocket', 'sse']),
  gatewayId: z.string(),
  remoteAddress: z.string().optional(),
  connectedAt: timestamp,
});
export type Connection = z.infer<typeof connection>;
