import fc from 'fast-check';
import { expect, it } from 'vitest';
import { delivered, framesOf, PEER, startLiveSession, until } from '../../test-support/live-session.ts';
import type { FarSession } from '../../test-support/session-server.ts';

/** Where the far side cuts the connection: after so many frames of the session, before or after acting on the last one. */
const cuts = fc.array(fc.record({ after: fc.integer({ min: 1, max: 12 }), acts: fc.boolean() }), {
  minLength: 1,
  maxLength: 6,
});
const RUNS = { numRuns: 15 };

function cutter(plan: readonly { readonly after: number; readonly acts: boolean }[]) {
  return (session: FarSession, act: () => void): void => {
    const cut = plan[session.epoch - 1];
    const isLast = cut !== undefined && session.received.length === cut.after;
    const isGone = cut !== undefined && session.received.length > cut.after;
    if (isGone) return;
    if (!isLast || cut.acts) act();
    if (isLast) session.cut();
  };
}

it('every message is kept once and in order, wherever connections are lost', async () => {
  await fc.assert(
    fc.asyncProperty(cuts, async (plan) => {
      const kept: string[] = [];
      const orCut = cutter(plan);
      await using started = await startLiveSession(
        {
          onFrame: ({ frame }, session) => {
            if (frame.t !== 'send') return;
            orCut(session, () => {
              const isNew = !kept.includes(frame.id);
              if (isNew) kept.push(frame.id);
              const sequence = kept.indexOf(frame.id) + 1;
              session.send({ t: 'accepted', list: [[frame.n, isNew ? sequence : -sequence]] });
            });
          },
        },
        { maxRetries: 0 },
      );
      const ids = Array.from({ length: 30 }, (_, index) => `m${index}`);
      const sent = await Promise.all(ids.map((messageId) => started.live.send(PEER, 1, { messageId })));
      expect(kept).toEqual(ids);
      expect(sent.map(({ sequence }) => sequence)).toEqual(ids.map((_, index) => index + 1));
    }),
    RUNS,
  );
});

it('every write is carried out once, wherever connections are lost', async () => {
  await fc.assert(
    fc.asyncProperty(cuts, async (plan) => {
      const done: string[] = [];
      const orCut = cutter(plan);
      await using started = await startLiveSession(
        {
          onFrame: ({ frame, body }, session) => {
            if (frame.t !== 'call') return;
            orCut(session, () => {
              if (!done.includes(String(frame.key))) done.push(String(frame.key));
              session.send(
                { t: 'result', n: frame.n },
                JSON.stringify({ isDeleted: JSON.parse(body).key === 'k1' }),
              );
            });
          },
        },
        { maxRetries: 0 },
      );
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => started.live.kv.delete({ key: `k${index}` })),
      );
      expect(done).toHaveLength(20);
      expect(answers.filter(({ isDeleted }) => isDeleted)).toHaveLength(1);
    }),
    RUNS,
  );
});

it('every delivery is handled once, in order, and acknowledged, wherever connections are lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      cuts,
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 20, maxLength: 40 }),
      async (plan, senders) => {
        // An inbox: what is not acknowledged comes again on the next connection, counted anew.
        let inbox = senders.map((sender, index) => ({
          seq: index + 1,
          from: `ag::default::peer::${sender}`,
        }));
        const window = new Map<number, typeof inbox>();
        const orCut = cutter(plan);
        const seen: { from: string; seq: number | undefined }[] = [];
        await using started = await startLiveSession(
          {
            onOpen: (session) => {
              window.set(session.epoch, [...inbox]);
              inbox.forEach(({ seq, from }, index) => {
                session.send(
                  delivered(index + 1, { id: `m${seq}`, seq, from, try: session.epoch }),
                  String(seq),
                );
              });
            },
            onFrame: ({ frame }, session) => {
              orCut(session, () => {
                if (frame.t !== 'ack') return;
                const settled = (window.get(session.epoch) ?? []).slice(0, frame.d).map(({ seq }) => seq);
                inbox = inbox.filter(({ seq }) => !settled.includes(seq));
              });
            },
          },
          { maxRetries: 0 },
        );
        started.live.on('message', async ({ from, sequence }) => {
          seen.push({ from, seq: sequence });
          if (Number(sequence) % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
        });
        await until(() => inbox.length === 0);
        expect(seen.map(({ seq }) => Number(seq)).toSorted((a, b) => a - b)).toEqual(
          senders.map((_, i) => i + 1),
        );
        for (const [, own] of Map.groupBy(seen, ({ from }) => from)) {
          expect(own.map(({ seq }) => Number(seq))).toEqual(
            own.map(({ seq }) => Number(seq)).toSorted((a, b) => a - b),
          );
        }
      },
    ),
    RUNS,
  );
});

it('a slow reader bounds what is under way by its credit', async () => {
  await using started = await startLiveSession({}, { credit: 8 });
  const gate = Promise.withResolvers<void>();
  started.live.on('chat', () => gate.promise);
  expect(started.far().hello.credit).toBe(8);
  for (let d = 1; d <= 8; d++) started.far().send(delivered(d), '1');
  gate.resolve();
  await until(() => framesOf(started.far(), 'ack').at(-1)?.d === 8);
});
