import { people } from '../chain/accounts.ts';
import type { Session } from '../chain/session.ts';
import { type Action, apply } from '../model/actions.ts';
import { balanceOf } from '../model/money.ts';
import { arbitratorOf } from '../model/pool.ts';
import type { Payer } from '../model/state.ts';

const longAfterEverything = 500 * 86_400;
const payers: readonly Payer[] = ['kernel', 'court', 'disputes'];

/** Whatever happened: everybody gets what is theirs, without the help of anybody who might refuse it. */
export async function endEverything(session: Session): Promise<void> {
  const take = async (action: Action) => {
    if ('state' in apply(session.state, action)) await session.take(action);
  };
  session.wait(longAfterEverything);
  for (const account of session.state.blacklist)
    await take({ name: 'blacklist', call: { caller: 'outsider', account, blacklisted: false } });
  for (const { id: jobId } of session.state.jobs) {
    await take({ name: 'claimRefund', call: { caller: 'outsider', jobId } });
    await take({ name: 'reject', call: { caller: session.state.jobs[jobId - 1]?.client ?? '', jobId } });
    await take({ name: 'releaseBonds', call: { caller: 'outsider', jobId } });
  }
  for (const caller of people)
    for (const from of payers) await take({ name: 'withdraw', call: { caller, from } });
  for (const from of payers) await take({ name: 'collect', call: { caller: 'outsider', from } });
  for (const caller of people) await take({ name: 'requestLeave', call: { caller } });
  session.wait(longAfterEverything);
  for (const caller of people) await take({ name: 'withdrawStake', call: { caller } });
  await session.compareAll();
  assertEmpty(session);
}

function assertEmpty({ state, log }: Session): void {
  const left = payers.filter((vault) => balanceOf(state, vault) !== 0n);
  const busy = people.filter((account) => arbitratorOf(state, account).open !== 0);
  const alive = state.jobs.filter(({ status }) => ['Open', 'Funded', 'Submitted'].includes(status));
  const locked = balanceOf(state, 'pool') !== state.pool.unsentSlashes;
  if (left.length + busy.length + alive.length > 0 || locked)
    throw new Error(`Something is left in ${[...left, ...busy]} after\n${log.join('\n')}`);
}
