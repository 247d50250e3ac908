import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Placed, Sequences } from './sequences.ts';

const MINUTE_MS = 60_000;

function signal(sequence: number, changes: Partial<Placed> = {}): Placed {
  const id = `envelope-${sequence}`;
  return { did: 'did:a', connectionId: 'one', sequence, id, isOffer: sequence === 1, ...changes };
}

function start() {
  let time = 1_000_000;
  const sequences = new Sequences(() => time);
  const pass = (ms: number): void => {
    time += ms;
  };
  return { sequences, pass };
}

describe('the signals of a connection', () => {
  it('come in order, without gaps, each once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 40 }), (order) => {
        const { sequences } = start();
        sequences.open('did:a', 'one');
        let next = 1;
        for (const sequence of order) {
          const isNext = sequences.place(signal(sequence)) === 'next';
          expect(isNext).toBe(sequence === next);
          if (isNext) next += 1;
        }
      }),
    );
  });

  it('may come twice when they are the last ones, no more', () => {
    const { sequences } = start();
    sequences.open('did:a', 'one');
    for (let sequence = 1; sequence <= 20; sequence++) sequences.place(signal(sequence));
    expect(sequences.place(signal(20))).toBe('repeated');
    expect(sequences.place(signal(20))).toBe('replayed');
    expect(sequences.place(signal(19, { id: 'another' }))).toBe('replayed');
    expect(sequences.place(signal(1))).toBe('replayed');
    expect(sequences.place(signal(22))).toBe('out-of-order');
    expect(sequences.place(signal(21))).toBe('next');
  });

  it('begin with an offer, or after this side began', () => {
    const { sequences } = start();
    expect(sequences.place(signal(1, { isOffer: false }))).toBe('stray');
    expect(sequences.place(signal(2))).toBe('out-of-order');
    sequences.open('did:a', 'one');
    expect(sequences.place(signal(1, { isOffer: false }))).toBe('next');
    expect(sequences.place(signal(1, { did: 'did:b', isOffer: false }))).toBe('stray');
  });

  it('are remembered until nothing of them can be valid any more', () => {
    const { sequences, pass } = start();
    sequences.place(signal(1));
    sequences.close('did:a', 'one');
    const probe = (): void => void sequences.place(signal(1, { connectionId: `probe-${Math.random()}` }));
    pass(MINUTE_MS + 29_000);
    probe();
    expect(sequences.place(signal(1))).toBe('replayed');
    pass(MINUTE_MS + 31_000);
    probe();
    // Its envelope has expired long since, so it never comes so far.
    expect(sequences.place(signal(1))).toBe('next');
  });

  it('take bounded room, for each peer and for all', () => {
    const { sequences, pass } = start();
    const offer = (peer: number, connection: number) =>
      sequences.place(signal(1, { did: `did:${peer}`, connectionId: `c${connection}` }));
    const placements = Array.from({ length: 65 }, (_, connection) => offer(0, connection));
    expect(placements.filter((placement) => placement === 'next')).toHaveLength(64);
    expect(placements.at(-1)).toBe('excessive');
    for (let peer = 1; peer < 128; peer++) for (let one = 0; one < 64; one++) offer(peer, one);
    expect(offer(999, 0)).toBe('excessive');
    pass(2 * MINUTE_MS);
    expect(offer(999, 0)).toBe('next');
  });

  it('are forgotten when the clock was set back, and by who only calls', () => {
    const { sequences, pass } = start();
    const call = (connection: number): void => {
      sequences.open('did:a', `c${connection}`);
      sequences.close('did:a', `c${connection}`);
    };
    for (let connection = 0; connection < 64; connection++) call(connection);
    expect(sequences.place(signal(1))).toBe('excessive');
    pass(-60 * MINUTE_MS);
    expect(sequences.place(signal(1))).toBe('next');
    for (let connection = 64; connection < 8192; connection++) call(connection);
    pass(2 * MINUTE_MS);
    call(8192);
    expect(sequences.size).toBeLessThan(3);
  });
});
