import type { WorkspaceSettings } from '@bonafide/core/models';
import type { Reader, StoredSettings } from '../stores/store.ts';

/** What holds until somebody changes it. */
export const defaultSettings: WorkspaceSettings = {
  minimumRisks: [],
  criticalApprovers: 1,
  redactedFields: [],
  auditRetentionDays: null,
  trustAlertBelow: 0.7,
  driftNeedsApproval: true,
};

// The store returns the same object for the same settings, so this costs a decision one lookup.
const complete = new WeakMap<StoredSettings, WorkspaceSettings>();

/** How the reader's workspace is governed; the same object until somebody changes something. */
export function settingsOf({ tables, workspace }: Reader): WorkspaceSettings {
  const stored = tables.workspaces.getSettings(workspace);
  const known = complete.get(stored);
  if (known) return known;
  const settings = { ...defaultSettings, ...stored };
  complete.set(stored, settings);
  return settings;
}
