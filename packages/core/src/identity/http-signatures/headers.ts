import { refusal } from '../refusal.ts';

type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Request headers as fetch or Node hold them; the names of a record may be written in any case. */
export type HeaderSource = { get(name: string): string | null } | HeaderRecord;

/** Looks a header up by its lower-case name: trimmed, several fields joined (RFC 9421 section 2.1). */
export type HeaderReader = (name: string) => string | undefined;

export function createHeaderReader(source: HeaderSource): HeaderReader {
  if (isFetchHeaders(source)) return (name) => trim(source.get(name) ?? undefined);
  const record = hasOnlyLowerCaseNames(source) ? source : withLowerCaseNames(source);
  return (name) => (Object.hasOwn(record, name) ? join(record[name]) : undefined);
}

function isFetchHeaders(source: HeaderSource): source is { get(name: string): string | null } {
  return typeof source.get === 'function';
}

function join(value: string | readonly string[] | undefined): string | undefined {
  if (value === undefined || typeof value === 'string') return trim(value);
  return value.map((field) => trim(field)).join(', ');
}

// Only what HTTP calls white space around a value. `String.trim` also takes line ends and spaces of other scripts, so two
// values that an application tells apart would be signed alike.
function trim<Value extends string | undefined>(value: Value): Value | string {
  if (value === undefined) return value;
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.charCodeAt(start))) start++;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--;
  return end - start === value.length ? value : value.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

// Node's own header objects are lower-case, so the gateway never pays for the copy.
function hasOnlyLowerCaseNames(record: HeaderRecord): boolean {
  for (const name in record) if (/[A-Z]/.test(name)) return false;
  return true;
}

function withLowerCaseNames(record: HeaderRecord): HeaderRecord {
  const entries = Object.entries(record).map(([name, value]) => [name.toLowerCase(), value] as const);
  const lowerCase = Object.fromEntries(entries);
  if (Object.keys(lowerCase).length === entries.length) return lowerCase;
  throw refusal('duplicate-header', 'A header is there twice, in different case.');
}
