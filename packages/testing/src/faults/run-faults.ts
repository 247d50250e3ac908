import { startCounterLoad } from './counter-load.ts';
import { openFleet, wait } from './fleet.ts';
import { startMessageLoad } from './message-load.ts';
import { startPoolLoad } from './pool-load.ts';
import { startTaskLoad } from './task-load.ts';

export interface FaultsOptions {
  readonly kills: number;
  /** Told after each kill. */
  readonly onKill?: (kill: number, counts: Readonly<Record<string, unknown>>) => void;
}

export interface FaultsReport {
  /** What did not hold. */
  readonly findings: readonly string[];
  readonly counts: Readonly<Record<string, unknown>>;
}

const SESSIONS = 4;
const POOL = 'faults-pool';
const LONGEST_LIFE_MS = 1500;

/** Ends the gateway with SIGKILL at random moments while messages, tasks and keys are under load, and then asks what was lost. */
export async function runFaults({ kills, onKill }: FaultsOptions): Promise<FaultsReport> {
  await using fleet = await openFleet();
  const sessions = await Promise.all(
    Array.from({ length: SESSIONS }, (_, index) => fleet.open(`agent-${index}`)),
  );
  const consumers = await Promise.all(['a', 'b'].map((name) => fleet.openConsumer(`consumer-${name}`, POOL)));
  const [creator, ...workers] = sessions;
  if (!creator) throw new Error('there are sessions');
  // A load that nobody ends would go on against sessions that are closed.
  const ended = new AbortController();
  fleet.onDispose(() => ended.abort());
  const { signal } = ended;
  const messages = startMessageLoad(sessions, signal);
  const tasks = startTaskLoad(creator, { workers, signal });
  const counters = startCounterLoad(sessions, signal);
  const pool = startPoolLoad(creator, { consumers, pool: POOL, signal });
  const counts = () => ({
    ...{ messages: messages.counts(), pool: pool.counts() },
    ...{ tasks: tasks.counts(), keys: counters.counts() },
  });
  for (let kill = 1; kill <= kills; kill += 1) {
    await wait(Math.random() * LONGEST_LIFE_MS);
    await fleet.gateway.kill();
    await fleet.gateway.restart();
    onKill?.(kill, counts());
  }
  await Promise.all([messages.finish(), pool.finish(), tasks.finish(), counters.finish()]);
  const stored = [...messages.findings(), ...pool.findings(), ...tasks.findings()];
  const findings = [...stored, ...(await counters.findings())];
  return { findings, counts: counts() };
}
