import { ValidationError } from '@bonafide/core/errors';
import { DAY_MS, dayOf } from '../time.ts';

const DEFAULT_DAYS = 30;
/** A year and a day, so that a leap year fits. */
const MAX_DAYS = 367;

/** From `from` to just before `to`, RFC 3339 with milliseconds as stored times are. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** The period of a report: by default the 30 days before now; VALIDATION_FAILED when it is empty or over a year long. */
export function parsePeriod(input: Partial<Period>, nowMs: number): Period {
  const to = input.to === undefined ? nowMs : Date.parse(input.to);
  const from = input.from === undefined ? to - DEFAULT_DAYS * DAY_MS : Date.parse(input.from);
  if (from >= to) throw refusal('from', 'must be before to');
  if (to - from > MAX_DAYS * DAY_MS) throw refusal('from', `must be at most ${MAX_DAYS} days before to`);
  if (from > nowMs) throw refusal('from', 'must not be in the future');
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

/** Every day of UTC that the period touches, up to today. */
export function daysOf({ from, to }: Period, nowMs: number): string[] {
  const days: string[] = [];
  const end = Math.min(Date.parse(to), nowMs + 1);
  for (let at = Math.floor(Date.parse(from) / DAY_MS) * DAY_MS; at < end; at += DAY_MS) {
    days.push(dayOf(new Date(at).toISOString()));
  }
  return days;
}

function refusal(path: string, message: string): ValidationError {
  return new ValidationError(`The period of a report: ${path} ${message}.`, { issues: [{ path, message }] });
}
