import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Chain, startChain } from './chain/anvil.ts';
import { prepare, seated } from './chain/initial.ts';
import { type Session, startSession } from './chain/session.ts';
import type { State } from './model/state.ts';
import { endEverything } from './sequences/ending.ts';
import { kinds, RandomStep } from './sequences/random-step.ts';

const sequences = 165;
const longestSequence = 200;
const leastSteps = 10_000;

const papers = { terms: new Map(), signed: new Map() };
let chain: Chain;
let initial: State;

beforeAll(async () => {
  chain = await startChain();
  const session = startSession(chain, { state: await prepare(chain), papers });
  for (const caller of seated) {
    const call = { caller, account: caller, stake: 400_000_000n, signer: null };
    await session.take({ name: 'join', call });
  }
  session.wait(1);
  await session.compareAll();
  initial = session.state;
  await chain.snapshot();
});

afterAll(() => chain[Symbol.asyncDispose]());

const randomStep = fc.oneof(
  ...kinds.map(({ weight, kind }) => ({
    weight,
    arbitrary: fc.nat().map((seed) => new RandomStep(kind, seed)),
  })),
);

it('does what the model does, step by step, and every job ends', { timeout: 600_000 }, async () => {
  const seen = new Map<string, number>();
  const run = async (steps: Iterable<fc.AsyncCommand<object, Session>>) => {
    await chain.restore();
    const session: Session = startSession(chain, { state: initial, papers });
    await fc.asyncModelRun(() => ({ model: {}, real: session }), steps);
    await endEverything(session);
    for (const [name, count] of session.counts) seen.set(name, (seen.get(name) ?? 0) + count);
  };
  const commands = fc.commands([randomStep], { maxCommands: longestSequence, size: 'max' });
  // A counterexample is worth more than the shortest one: shrinking stops before the test does.
  const limits = { interruptAfterTimeLimit: 500_000, markInterruptAsFailure: true };
  await fc.assert(fc.asyncProperty(commands, run), { numRuns: sequences, ...limits });

  const steps = [...seen.values()].reduce((sum, count) => sum + count, 0);
  process.stdout.write(`${steps} steps: ${JSON.stringify(Object.fromEntries([...seen].toSorted()))}\n`);
  expect(steps).toBeGreaterThanOrEqual(leastSteps);
});
