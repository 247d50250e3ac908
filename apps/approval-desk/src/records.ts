import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';

export interface Customer {
  readonly id: number;
  readonly name: string;
  readonly email: string;
}

const NAMES = [
  'Ada',
  'Grace',
  'Edsger',
  'Barbara',
  'Donald',
  'Frances',
  'Niklaus',
  'Radia',
  'Tony',
  'Margaret',
];

/** A real database of customers, in one file. */
export interface Records extends Disposable {
  list(): Customer[];
  updateEmail(id: number, email: string): void;
  remove(id: number): void;
  removeAll(): void;
}

export function openRecords(file: string): Records {
  const database = new DatabaseSync(file);
  database.exec(
    'CREATE TABLE IF NOT EXISTS customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT) STRICT',
  );
  const list = database.prepare('SELECT id, name, email FROM customers ORDER BY id');
  const update = database.prepare('UPDATE customers SET email = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM customers WHERE id = ?');
  return {
    list: () => list.all().map(toCustomer),
    updateEmail: (id, email) => void update.run(email, id),
    remove: (id) => void remove.run(id),
    removeAll: () => database.exec('DELETE FROM customers'),
    [Symbol.dispose]: () => database.close(),
  };
}

function toCustomer({ id, name, email }: Record<string, SQLOutputValue>): Customer {
  return { id: Number(id), name: String(name), email: String(email) };
}

/** Makes the database with its ten customers. */
export function seedRecords(file: string): readonly Customer[] {
  using records = openRecords(file);
  const database = new DatabaseSync(file);
  const insert = database.prepare('INSERT INTO customers (name, email) VALUES (?, ?)');
  for (const name of NAMES) insert.run(name, `${name.toLowerCase()}@example.com`);
  database.close();
  return records.list();
}
