import { streamEvents } from './stream.ts';

export const events = { stream: streamEvents };
