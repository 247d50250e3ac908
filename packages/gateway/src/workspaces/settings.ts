import type { WorkspaceSettings } from '@bonafide/core/models';
import type { Reader } from '../stores/store.ts';

/** What holds until somebody changes it. */
export const defaultSettings: WorkspaceSettings = {
  minimumRisks: [],
  criticalApprovers: 1,
  redactedFields: [],
  auditRetentionDays: null,
  trustAlertBelow: 0.7,
  driftNeedsApproval: true,
};

/** How the reader's workspace is governed. */
export function settingsOf(_reader: Reader): WorkspaceSettings {
  return defaultSettings;
}
