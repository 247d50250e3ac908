import { refusal } from '../refusal.ts';

type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Request headers as fetch or Node hold them; the names of a record may be written in any case. */
export type HeaderSource = { get(name: string): string | null } | HeaderRecord;

/** Looks a header up by its lower-case name: trimmed, several fields joined (RFC 9421 section 2.1). */
export type HeaderReader = (name: string) => string | undefined;

export function createHeaderReader(source: HeaderSource): HeaderReader {
  if (isFetchHeaders(source)) return (name) => source.get(name)?.trim();
  const record = hasOnlyLowerCaseNames(source) ? source : withLowerCaseNames(source);
  return (name) => (Object.hasOwn(record, name) ? join(record[name]) : undefined);
}

function isFetchHeaders(source: HeaderSource): source is { get(name: string): string | null } {
  return typeof source.get === 'function';
}

function join(value: string | readonly string[] | undefined): string | undefined {
  if (value === undefined || typeof value === 'string') return value?.trim();
  return value.map((field) => field.trim()).join(', ');
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
