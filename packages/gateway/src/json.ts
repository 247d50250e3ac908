import type { Event } from '@bonafide/core/models';

export type JsonObject = Event['data'];
