import { z } from 'zod';
import { event } from '../../models/event.ts';
import { defineStream } from '../define.ts';

export const streamEvents = defineStream({
  id: 'events.stream',
  summary: 'Follow the events of the workspace',
  description:
    'Streams CloudEvents from a cursor on, oldest first, then live. Without a cursor it starts now. A cursor older than retention yields a reset instead of a silent gap.',
  access: 'workspace:events.read',
  http: { method: 'GET', path: '/v1/events' },
  input: z.strictObject({
    cursor: z.string().max(40).optional().meta({ description: 'Id of the last event seen' }),
    types: z
      .array(z.string().max(100))
      .max(20)
      .optional()
      .meta({ description: 'Exact types, or prefixes ending in *' }),
    subject: z.string().max(200).optional(),
  }),
  output: event,
  errors: [],
});
