import type { SessionConfig } from '@bonafide/core/protocol';
import type { Reads } from '../stores/store.ts';
import { settingsOf } from '../workspaces/settings.ts';
import { tenantOf } from '../workspaces/tenant.ts';

/** What a client gets to know of where it works; the same settings are the same object. */
export function configOf(tables: Reads, workspace: string): SessionConfig {
  return { workspace, tenant: tenantOf(tables, workspace), settings: settingsOf({ tables, workspace }) };
}
