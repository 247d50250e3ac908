import type { DatabaseSync } from 'node:sqlite';
import type { WebhookTables } from '../../webhooks.ts';

export function webhookTables(_database: DatabaseSync): WebhookTables {
  return {};
}
