import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 8192;
const RANDOM_BYTES = 8;
const pool = Buffer.alloc(POOL_BYTES);
let offset = POOL_BYTES;
let lastMs = 0;
let sequence = 0;

/**
 * A UUIDv7 (RFC 9562): ids made by one process sort in the order they were made. Not the `uuid` package, which keeps
 * that order only under its own clock, and the gateway's is given.
 */
export function newId(nowMs = Date.now()): string {
  sequence = nowMs > lastMs ? 0 : sequence + 1;
  // Past 4096 ids in one millisecond, or when the clock steps back, time is borrowed so the order holds.
  lastMs = Math.max(lastMs + (sequence > 0xfff ? 1 : 0), nowMs);
  if (sequence > 0xfff) sequence = 0;
  const time = lastMs.toString(16).padStart(12, '0');
  const random = nextRandom();
  const variant = ((random.readUInt16BE(0) & 0x3fff) | 0x8000).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${variant}-${random.toString('hex', 2)}`;
}

/** Milliseconds since 1970 at which an id was made. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

function nextRandom(): Buffer {
  if (offset + RANDOM_BYTES > POOL_BYTES) {
    randomFillSync(pool);
    offset = 0;
  }
  offset += RANDOM_BYTES;
  return pool.subarray(offset - RANDOM_BYTES, offset);
}
