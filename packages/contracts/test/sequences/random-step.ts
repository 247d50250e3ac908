import type fc from 'fast-check';
import type { Session } from '../chain/session.ts';
import { type Action, apply } from '../model/actions.ts';
import { clock } from '../model/clock.ts';
import type { Job, State } from '../model/state.ts';
import { type Dice, diceOf } from './dice.ts';
import { stepsOf, turningPoints, type Weighted } from './job-steps.ts';
import { newJob } from './new-jobs.ts';
import { spoil } from './trespass.ts';
import { worldStep } from './world-steps.ts';

type Kind = 'new job' | 'progress' | 'trespass' | 'replay' | 'world' | 'time';

/** How often each kind of step is drawn. */
export const kinds: readonly { weight: number; kind: Kind }[] = [
  { weight: 3, kind: 'new job' },
  { weight: 24, kind: 'progress' },
  { weight: 5, kind: 'trespass' },
  { weight: 1, kind: 'replay' },
  { weight: 4, kind: 'world' },
  { weight: 1, kind: 'time' },
];

const isAlive = (job: Job): boolean =>
  ['Open', 'Funded', 'Submitted'].includes(job.status) ||
  (job.dispute !== null && job.dispute.stage !== 'Closed');

/** The younger a job the likelier, so that a sequence carries some of them to their end. */
function pickJob(state: State, dice: Dice): Job | undefined {
  const alive = state.jobs.filter(isAlive).slice(-4);
  return alive.length > 0 ? dice.pick(alive) : undefined;
}

function draw(weighted: readonly Weighted[], dice: Dice): Action | undefined {
  const tickets = weighted.flatMap(([weight, action]) => Array.from({ length: weight }, () => action));
  return tickets.length > 0 ? dice.pick(tickets) : undefined;
}

async function progress(session: Session, dice: Dice): Promise<void> {
  const { state } = session;
  const job = pickJob(state, dice);
  if (!job) return session.take(newJob(state, dice));
  const possible = stepsOf(state, job, dice).filter(([, action]) => 'state' in apply(state, action));
  const action = draw(possible, dice);
  const isStuck = possible.every(([weight]) => weight < 4);
  if (action && !(isStuck ? !dice.oneIn(10) : dice.oneIn(6))) return session.take(action);
  await passTime(session, job, dice);
}

/** To the next turning point, or one second before it. */
async function passTime(session: Session, job: Job, dice: Dice): Promise<void> {
  const { state } = session;
  const ahead = turningPoints(job)
    .map((time) => time - clock(state))
    .filter((seconds) => seconds > 0);
  // Mining is slow, so the block hash that draws the arbitrators is only seldom forgotten.
  const draws = job.dispute?.stage === 'Evidence' && job.dispute.entropy === null;
  if (draws && dice.oneIn(12)) return session.mine(dice.pick([255, 256, 257]));
  const next = Math.min(...ahead);
  session.wait(ahead.length === 0 ? 1 : Math.max(0, next - dice.below(2)));
}

async function trespass(session: Session, dice: Dice): Promise<void> {
  const { state } = session;
  const job = pickJob(state, dice) ?? state.jobs.at(-1);
  if (!job) return session.take(worldStep(state, dice));
  const [, action] = dice.pick(stepsOf(state, job, dice));
  const attempt = dice.oneIn(8) ? action : spoil(state, action, dice);
  return session.take(attempt);
}

async function replay(session: Session, dice: Dice): Promise<void> {
  if (session.signedJobs.length === 0) return session.take(newJob(session.state, dice));
  const { call, at } = dice.pick(session.signedJobs);
  const elapsed = session.state.now - at;
  const { proposal, expiresIn } = call.job;
  const later = proposal && { ...proposal, submitIn: proposal.submitIn - elapsed };
  const job = { ...call.job, expiresIn: expiresIn - elapsed, proposal: later };
  return session.take({ name: 'createAndFund', call: { ...call, caller: 'outsider', job } });
}

async function passMuchTime(session: Session, dice: Dice): Promise<void> {
  const days = dice.oneIn(4) ? dice.pick([7, 23, 120]) : 0;
  session.wait(days * 86_400 + dice.pick([1, 600, 3_600]));
}

/** Jobs one after the other, so that sequences get far with some. */
function askForJob(session: Session, dice: Dice): Promise<void> {
  const { state } = session;
  if (state.jobs.filter(isAlive).length > 2) return progress(session, dice);
  return session.take(newJob(state, dice));
}

const runs: Readonly<Record<Kind, (session: Session, dice: Dice) => Promise<void>>> = {
  'new job': askForJob,
  progress,
  trespass,
  replay,
  world: (session, dice) => session.take(worldStep(session.state, dice)),
  time: passMuchTime,
};

/** A step that is decided when it is taken, by what is possible then; fast-check drops steps to shrink a sequence. */
export class RandomStep implements fc.AsyncCommand<object, Session> {
  readonly #kind: Kind;
  readonly #seed: number;

  constructor(kind: Kind, seed: number) {
    this.#kind = kind;
    this.#seed = seed;
  }

  check(): boolean {
    return true;
  }

  run(_: object, session: Session): Promise<void> {
    return runs[this.#kind](session, diceOf(this.#seed));
  }

  toString(): string {
    return `${this.#kind}(${this.#seed})`;
  }
}
