import { type Action, apply, describe, type StepName, type Steps } from '../model/actions.ts';
import { brokenInvariants } from '../model/invariants.ts';
import type { State } from '../model/state.ts';
import type { Chain } from './anvil.ts';
import { allExpectations, differences, jobExpectations } from './compare.ts';
import type { Papers } from './encoded.ts';
import { transactionOf } from './transactions.ts';

/** Runs the same steps on the model and on the contracts, and stops at the first difference. */
export interface Session {
  readonly state: State;
  readonly log: readonly string[];
  /** Jobs made with a signature, which somebody could bring again. */
  readonly signedJobs: readonly { call: Steps['createAndFund']; at: number }[];
  /** How often each step succeeded or met each refusal. */
  readonly counts: ReadonlyMap<string, number>;
  take(action: Action): Promise<void>;
  wait(seconds: number): void;
  mine(blocks: number): Promise<void>;
  compareAll(): Promise<void>;
}

const fullComparisonEvery = 25;

export function startSession(chain: Chain, initial: { state: State; papers: Papers }): Session {
  const papers = { terms: new Map(initial.papers.terms), signed: new Map(initial.papers.signed) };
  const log: string[] = [];
  const counts = new Map<string, number>();
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  const signedJobs: { call: Steps['createAndFund']; at: number }[] = [];
  let state = initial.state;

  const fail = (reasons: readonly string[]): never => {
    throw new Error(`${reasons.join('\n')}\n\nafter\n${log.join('\n')}`);
  };
  const compare = async (expectations: ReturnType<typeof allExpectations>) => {
    const found = [...(await differences(chain, state, expectations)), ...brokenInvariants(state)];
    if (found.length > 0) fail(found);
  };
  const expectRefusal = async (action: Action, refusals: readonly string[]) => {
    const { transaction } = await transactionOf(action, state, papers);
    const outcome = await chain.call(transaction, state);
    const got = 'error' in outcome ? outcome.error : 'success';
    log.push(`${describe(action)} -> ${got}`);
    count(`not ${action.name}`);
    if (!refusals.includes(got)) fail([`The contract says ${got}, the model ${refusals.join(' or ')}.`]);
  };
  const expectSuccess = async (action: Action, next: State) => {
    const { transaction, keep } = await transactionOf(action, state, papers);
    log.push(describe(action));
    count(action.name);
    const { now, block } = state;
    const receipt = await chain.send(transaction, now);
    if (receipt.status !== '0x1') {
      const outcome = await chain.call(transaction, { now: now + 1, block: block + 1 });
      fail([`The model says success, the contract ${JSON.stringify(outcome)}.`]);
    }
    keep(papers);
    if (action.name === 'createAndFund' && action.call.signer !== null)
      signedJobs.push({ call: action.call, at: now });
    const blockHashes = { ...next.chain.blockHashes, [block]: receipt.blockHash };
    state = { ...next, now: now + 1, block: block + 1, chain: { ...next.chain, blockHashes } };
    await compare(touchedBy(action, state));
  };

  return {
    get state() {
      return state;
    },
    log,
    counts,
    signedJobs,
    async take(action) {
      const outcome = apply(state, action);
      if ('refusals' in outcome) await expectRefusal(action, outcome.refusals);
      else await expectSuccess(action, outcome.state);
      if (log.length % fullComparisonEvery === 0) await compare(allExpectations(state));
    },
    wait(seconds) {
      log.push(`${seconds} seconds pass`);
      state = { ...state, now: state.now + seconds };
    },
    async mine(blocks) {
      log.push(`${blocks} blocks pass`);
      await chain.mine(blocks, state.now);
      state = { ...state, now: state.now + blocks, block: state.block + blocks };
    },
    compareAll: () => compare(allExpectations(state)),
  };
}

function touchedBy({ call }: Action<StepName>, state: State): ReturnType<typeof allExpectations> {
  const job = 'jobId' in call ? state.jobs[call.jobId - 1] : state.jobs.at(-1);
  return job ? jobExpectations(state, job) : [];
}
