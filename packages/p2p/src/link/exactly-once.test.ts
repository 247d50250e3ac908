import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLinks, ping } from '../testing/links.ts';
import { createMemoryPaths, type MemoryPaths } from '../testing/memory-paths.ts';
import type { Link, LinkStream } from './link.ts';

type Side = 'here' | 'there';
const sides = ['here', 'there'] as const;

/** What one side does; a stream's bytes follow from its number, so both sides know them. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('message' as const), side: fc.constantFrom(...sides) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('stream' as const),
      side: fc.constantFrom(...sides),
      writes: fc.array(fc.oneof(fc.nat(300), fc.nat(40_000), fc.constant(16_384)), { maxLength: 12 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('turns' as const), count: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('path' as const) }) },
);

/** Where each path breaks, by the packets that it delivered; the last one holds. */
const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 8 });
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const byteAt = (seed: number, index: number): number => (index * 31 + seed * 17 + (index >> 8)) & 0xff;

function bytesOf(seed: number, { from, to }: { from: number; to: number }): Uint8Array {
  return Uint8Array.from({ length: to - from }, (_, index) => byteAt(seed, from + index));
}

class Story {
  readonly links = createLinks();
  readonly heard: Record<Side, number[]> = { here: [], there: [] };
  readonly said: Record<Side, number> = { here: 0, there: 0 };
  readonly reading: Promise<void>[] = [];
  readonly writing: Promise<void>[] = [];
  readonly faults: string[] = [];
  #streams = 0;

  constructor() {
    for (const side of sides) {
      this.links[side].onMessage((message) => {
        if (message.type === 'PING') this.heard[side].push(message.sequence);
      });
      this.links[side].onStream((stream) => this.reading.push(this.#check(stream)) > 0);
    }
  }

  async run(steps: readonly Step[], nextPath: () => void): Promise<void> {
    for (const one of steps) {
      if (one.type === 'message') this.links[one.side].send(ping(this.said[one.side]++));
      else if (one.type === 'stream') this.writing.push(this.#write(this.links[one.side], one.writes));
      else if (one.type === 'path') nextPath();
      else for (let index = 0; index < one.count; index++) await turn();
    }
  }

  async #write(link: Link, writes: readonly number[]): Promise<void> {
    const seed = this.#streams++;
    const stream = link.openStream(`${seed}:${writes.reduce((sum, size) => sum + size, 0)}`);
    let sent = 0;
    for (const size of writes) {
      await stream.write(bytesOf(seed, { from: sent, to: sent + size }));
      sent += size;
    }
    await stream.end();
  }

  async #check(stream: LinkStream): Promise<void> {
    const [seed = 0, total] = stream.label.split(':').map(Number);
    let index = 0;
    for await (const chunk of stream.readable) {
      for (const byte of chunk)
        if (byte !== byteAt(seed, index++)) this.faults.push(`${stream.label} at ${index}`);
    }
    if (index !== total) this.faults.push(`${stream.label} has ${index}`);
    await stream.end();
  }
}

async function settle(story: Story): Promise<void> {
  await Promise.all(story.writing);
  await Promise.all(story.reading);
  while (sides.some((side) => story.heard[side === 'here' ? 'there' : 'here'].length < story.said[side]))
    await turn();
}

test('whatever happens to the paths, messages arrive once and in order, and streams byte for byte', async () => {
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 30 }),
    cuts,
    fc.boolean(),
    async (steps, breaks, isSlow) => {
      const story = new Story();
      const { here, there } = story.links;
      const waiting = [...breaks];
      let paths: MemoryPaths | undefined;
      const nextPath = (): void => {
        const packetsUntilCut = waiting.shift();
        paths = createMemoryPaths({ packetsUntilCut, ...(isSlow && { bytesPerTurn: 20_000 }) });
        // In either order: the two sides seldom get it at the same time.
        for (const side of waiting.length % 2 ? sides : [...sides].reverse())
          story.links[side].attach(paths[side]);
      };
      const replace = (): void => {
        const isUseless = !paths?.here.isOpen && !paths?.there.isOpen;
        if (isUseless && here.state === 'suspended' && there.state === 'suspended') nextPath();
      };
      for (const link of [here, there]) link.onChange(() => setImmediate(replace));
      await story.run(steps, nextPath);
      let isSettled = false;
      const settled = settle(story).then(() => {
        isSettled = true;
      });
      while (!isSettled) {
        replace();
        await turn();
      }
      await settled;
      expect(story.faults).toEqual([]);
      for (const side of sides) {
        const other = side === 'here' ? 'there' : 'here';
        expect(story.heard[other]).toEqual(Array.from({ length: story.said[side] }, (_, index) => index));
      }
      here.close();
      there.close();
    },
  );
  await fc.assert(property, { numRuns: 150 });
});
