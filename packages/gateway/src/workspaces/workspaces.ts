import { isDeepStrictEqual } from 'node:util';
import { BonafideError } from '@bonafide/core/errors';
import type { Workspace, WorkspaceSettings } from '@bonafide/core/models';
import type { JsonObject } from '../json.ts';
import type { Transaction } from '../ledger.ts';
import type { Reader, StoredSettings } from '../stores/store.ts';
import { settingsOf } from './settings.ts';

/** The settings to change; those that are absent or undefined stay as they are. */
export type SettingsChange = {
  readonly [Name in keyof WorkspaceSettings]?: WorkspaceSettings[Name] | undefined;
};

/** The reader's own workspace. */
export function getWorkspace(reader: Reader): Workspace {
  const workspace = reader.tables.workspaces.get(reader.workspace);
  if (!workspace) throw new BonafideError('NOT_FOUND', 'There is no such workspace.');
  return { ...workspace, settings: settingsOf(reader) };
}

/** Changes some settings; the log keeps what they were and what they became. */
export function updateWorkspace(tx: Transaction, change: SettingsChange): Workspace {
  const before = getWorkspace(tx);
  const changed = Object.entries(change).filter(
    ([name, value]) => value !== undefined && !isDeepStrictEqual(value, Reflect.get(before.settings, name)),
  );
  if (changed.length === 0) return before;
  const stored: StoredSettings = {
    ...tx.tables.workspaces.getSettings(tx.workspace),
    ...Object.fromEntries(changed),
  };
  tx.tables.workspaces.setSettings(tx.workspace, stored);
  const changes: JsonObject = Object.fromEntries(
    changed.map(([name, after]) => [
      name,
      { before: Reflect.get(before.settings, name), after: after ?? null },
    ]),
  );
  tx.record({ type: 'workspace.updated', subject: tx.workspace, data: { changes } });
  return { ...before, settings: settingsOf(tx) };
}
