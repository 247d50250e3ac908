import type { ControlEvidence } from '@bonafide/core/models';
import type { Reader } from '../stores/store.ts';
import { DAY_MS } from '../time.ts';
import { settingsOf } from '../workspaces/settings.ts';
import { findingOf } from './evidence.ts';
import { entryAt, firstSince } from './read-log.ts';

/** Whether a retention is set, and whether the oldest and the newest entry that it should have emptied are empty. */
export function readRetentionEvidence(
  reader: Reader,
  nowMs: number,
): Readonly<Record<'retentionSet' | 'retainedTooLong', ControlEvidence>> {
  const { auditRetentionDays: days } = settingsOf(reader);
  const set = `Retention of the audit log: ${days === null ? 'not set' : `${days} days`}`;
  const kept =
    'Of the oldest and the newest entry past retention by more than a day: those that still have data';
  if (days === null) return { retentionSet: findingOf(set, []), retainedTooLong: findingOf(kept, []) };
  const time = new Date(nowMs - (days + 1) * DAY_MS).toISOString();
  const end = firstSince(reader, time);
  const probes = [...new Set([1, end - 1])].filter((position) => position >= 1 && position < end);
  const withData = probes.filter((position) => entryAt(reader, position)?.data !== undefined);
  return { retentionSet: findingOf(set, [undefined]), retainedTooLong: findingOf(kept, withData) };
}
