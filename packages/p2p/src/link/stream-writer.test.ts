import { BonafideError } from '@bonafide/core/errors';
import { describe, expect, it } from 'vitest';
import { frameTypes, STREAM_HEADER_BYTES } from './frames.ts';
import { MAX_STREAM_PART_BYTES } from './limits.ts';
import { STREAM_WINDOW_BYTES } from './link.ts';
import { PacketPool } from './packet-pool.ts';
import { StreamWriter } from './stream-writer.ts';

/** A writer on a path that takes everything at once. */
function createWriter() {
  const packets: Uint8Array[] = [];
  let turns = 0;
  const writer: StreamWriter = new StreamWriter({
    ...{ streamId: 1, pool: new PacketPool() },
    onReady() {
      for (let frame = writer.take(); frame; frame = writer.take()) packets.push(frame.packet.slice());
    },
    onHeld: () => {
      turns += 1;
    },
  });
  return {
    writer,
    /** How often the end of the turn was asked for. */
    get turns() {
      return turns;
    },
    get types() {
      return packets.map(([type]) => type);
    },
    get sizes() {
      return packets.map(({ length }) => length - STREAM_HEADER_BYTES);
    },
    get bytes() {
      return Buffer.concat(packets.map((packet) => packet.subarray(STREAM_HEADER_BYTES)));
    },
  };
}

const numbered = (bytes: number): Uint8Array =>
  new Uint8Array(bytes).map((_, index) => (index * 31 + bytes) % 251);

describe('small writes', () => {
  it('go at once when they are alone', async () => {
    const sent = createWriter();
    for (const size of [10, 20]) {
      await sent.writer.write(numbered(size));
      sent.writer.release();
    }
    expect(sent.sizes).toEqual([10, 20]);
    expect(sent.turns).toBe(2);
  });

  it('share packets with those that follow in the same turn, in order and as they were', async () => {
    const sent = createWriter();
    const writes = Array.from({ length: 100 }, (_, index) => numbered(900 + index));
    const whole = Buffer.concat(writes);
    for (const bytes of writes) {
      await sent.writer.write(bytes);
      // They are the caller's again.
      bytes.fill(0);
    }
    const full = Math.floor((whole.length - 900) / MAX_STREAM_PART_BYTES);
    expect(sent.sizes).toEqual([900, ...Array.from({ length: full }, () => MAX_STREAM_PART_BYTES)]);
    sent.writer.release();
    expect(sent.sizes).toHaveLength(full + 2);
    expect(sent.bytes.equals(whole)).toBe(true);
    expect(sent.turns).toBe(2);
    sent.writer.release();
    await sent.writer.write(numbered(1));
    expect(sent.sizes.at(-1)).toBe(1);
  });

  it('that wait go before what is large, and before the end', async () => {
    const sent = createWriter();
    const writes = [1, 2, 40_000, 3, 4].map(numbered);
    for (const bytes of writes) await sent.writer.write(bytes);
    const ended = sent.writer.end();
    expect(sent.bytes.equals(Buffer.concat(writes))).toBe(true);
    expect(sent.types.at(-1)).toBe(frameTypes.end);
    sent.writer.release();
    expect(sent.types.filter((type) => type === frameTypes.end)).toHaveLength(1);
    sent.writer.fail(new BonafideError('UNAVAILABLE', 'Closed.'));
    await expect(ended).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('wait for the window as large ones do', async () => {
    const sent = createWriter();
    const first = numbered(STREAM_WINDOW_BYTES - 100);
    await sent.writer.write(first);
    // The rest of it goes with the first, and was all of its turn with the second.
    sent.writer.release();
    sent.writer.release();
    await sent.writer.write(numbered(60));
    const late = sent.writer.write(numbered(70));
    sent.writer.release();
    expect(sent.bytes.length).toBe(first.length + 60);
    sent.writer.grant(30);
    await late;
    sent.writer.release();
    expect(sent.bytes.equals(Buffer.concat([first, numbered(60), numbered(70)]))).toBe(true);
  });
});
