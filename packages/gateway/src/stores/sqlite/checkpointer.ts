import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

const INTERVAL_MS = 200;
const COPY_EVERY_BYTES = 16 * 1024 * 1024;
const TRUNCATE_ABOVE_BYTES = 64 * 1024 * 1024;

/**
 * The worker that copies the write-ahead log into the database file, so that the event loop never waits for it: when nobody
 * writes, and under load each time the log has grown, because the same pages are written over and over and are
 * copied once then. Passive checkpoints block nobody; only a log that outgrew its bound is truncated, which makes the writer wait
 * once.
 */
const { path, commits } = workerData as { path: string; commits: Int32Array };
const database = new DatabaseSync(path);
database.exec('PRAGMA synchronous = FULL');
database.exec('PRAGMA busy_timeout = 2000');
let seen = 0;
let copied = 0;
let copiedBytes = 0;

const timer = setInterval(() => {
  const count = Atomics.load(commits, 0);
  const isQuiet = count === seen;
  seen = count;
  if (count === copied) return;
  const logBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (!isQuiet && logBytes < copiedBytes + COPY_EVERY_BYTES) return;
  copied = count;
  const isTooLong = logBytes > TRUNCATE_ABOVE_BYTES;
  copiedBytes = isTooLong ? 0 : logBytes;
  database.exec(`PRAGMA wal_checkpoint(${isTooLong ? 'TRUNCATE' : 'PASSIVE'})`);
}, INTERVAL_MS);

parentPort?.once('message', () => {
  clearInterval(timer);
  database.close();
  parentPort?.close();
});
