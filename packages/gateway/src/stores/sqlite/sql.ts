import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';

export type Row = Record<string, SQLOutputValue>;

/** A condition of a list: left out when its value is undefined. */
export type Condition = readonly [sql: string, value: SQLInputValue | undefined];

export interface Selection {
  readonly from: string;
  readonly where: readonly Condition[];
  readonly orderBy: string;
  readonly limit: number;
}

/** Runs lists with optional conditions; each combination is prepared once. */
export function createSelector(database: DatabaseSync): (selection: Selection) => Row[] {
  const prepared = new Map<string, StatementSync>();
  return ({ from, where, orderBy, limit }) => {
    const given = where.filter(([, value]) => value !== undefined);
    const filter = given.length === 0 ? '' : ` WHERE ${given.map(([sql]) => sql).join(' AND ')}`;
    const sql = `SELECT * FROM ${from}${filter} ORDER BY ${orderBy} LIMIT ?`;
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    return statement.all(...given.flatMap(([, value]) => (value === undefined ? [] : [value])), limit);
  };
}

export function text(row: Row, column: string): string {
  return String(row[column]);
}

/** `{ [name]: value }`, or nothing for NULL: absent fields stay absent on the wire. */
export function optional<Name extends string>(
  row: Row,
  column: string,
  name: Name,
): { [Key in Name]?: string } {
  const value = row[column];
  return (value === null || value === undefined ? {} : { [name]: String(value) }) as {
    [Key in Name]?: string;
  };
}

/** JSON that this store wrote itself. */
export function json<Value>(row: Row, column: string): Value {
  return JSON.parse(text(row, column)) as Value;
}

export function orNull(value: string | undefined): string | null {
  return value ?? null;
}
