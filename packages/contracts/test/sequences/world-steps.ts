import { arbitrators, clients, people, providers } from '../chain/accounts.ts';
import type { Action } from '../model/actions.ts';
import { creditOf } from '../model/money.ts';
import { arbitratorOf } from '../model/pool.ts';
import type { Account, Payer, State } from '../model/state.ts';
import type { Dice } from './dice.ts';

const payers: readonly Payer[] = ['kernel', 'court', 'disputes'];
const stakes = [99_999_999n, 100_000_000n, 450_000_000n];

function withdrawals(state: State): Action[] {
  return payers.flatMap((from) =>
    people
      .filter((caller) => creditOf(state, from, caller) > 0n)
      .map((caller): Action => ({ name: 'withdraw', call: { caller, from } })),
  );
}

function blacklisting(state: State, dice: Dice): Action {
  const [listed] = state.blacklist;
  if (listed !== undefined && !dice.oneIn(3))
    return { name: 'blacklist', call: { caller: 'outsider', account: listed, blacklisted: false } };
  const victims = [...clients, ...providers, 'validator1', 'arbitrator1', 'creator', 'treasury'];
  return {
    name: 'blacklist',
    call: { caller: 'outsider', account: dice.pick(victims), blacklisted: true },
  };
}

function poolStep(state: State, dice: Dice): Action {
  const caller = dice.oneIn(10) ? 'outsider' : dice.pick(arbitrators);
  const { seat, noticeAt } = arbitratorOf(state, caller);
  if (seat === null && !dice.oneIn(4)) {
    const signer = dice.oneIn(2) ? null : dice.oneIn(6) ? 'outsider' : caller;
    const stake = dice.pick(stakes);
    const bringer = signer === null ? caller : dice.pick([caller, 'outsider']);
    return { name: 'join', call: { caller: bringer, account: caller, stake, signer } };
  }
  if (noticeAt !== null && dice.oneIn(2)) return { name: 'withdrawStake', call: { caller } };
  return dice.pick<Action>([
    { name: 'requestLeave', call: { caller } },
    { name: 'cancelLeave', call: { caller } },
    { name: 'cancelLeave', call: { caller } },
    { name: 'addStake', call: { caller, amount: 50_000_001n } },
    { name: 'withdrawStake', call: { caller } },
  ]);
}

function administration(state: State, dice: Dice): Action {
  const caller = dice.oneIn(4) ? 'outsider' : 'owner';
  const { reserve } = state.treasury;
  const recipient: Account = dice.pick(['outsider', 'creator']);
  const templateId = 1 + dice.below(3);
  const creator = dice.oneIn(4) ? 'outsider' : 'creator';
  return dice.pick<Action>([
    { name: 'sync', call: { caller: 'outsider' } },
    { name: 'collect', call: { caller: 'outsider', from: dice.pick(payers) } },
    { name: 'withdrawReserve', call: { caller, to: recipient, amount: reserve / 2n } },
    { name: 'withdrawReserve', call: { caller, to: recipient, amount: reserve + 10_000_000_000n } },
    { name: 'setFundShare', call: { caller, bps: BigInt(dice.pick([0, 2_000, 5_000, 5_001])) } },
    { name: 'setPlatformFee', call: { caller, bps: BigInt(dice.pick([0, 250, 1_000, 1_001])) } },
    {
      name: 'setTemplateActive',
      call: { caller: creator, templateId, active: !dice.oneIn(3) },
    },
    { name: 'stray', call: { caller: 'outsider', to: 'treasury', amount: 777n } },
    { name: 'withdrawOffer', call: { caller: dice.pick(providers), salt: dice.below(200) } },
  ]);
}

/** What happens beside the jobs. */
export function worldStep(state: State, dice: Dice): Action {
  const credited = withdrawals(state);
  const caller = dice.oneIn(5) ? 'outsider' : 'guardian';
  return dice.pick<() => Action>([
    () => (credited.length > 0 ? dice.pick(credited) : { name: 'withdraw', call: { caller, from: 'court' } }),
    () => blacklisting(state, dice),
    () => blacklisting(state, dice),
    () => poolStep(state, dice),
    () => poolStep(state, dice),
    () => administration(state, dice),
    () => administration(state, dice),
    () => (dice.oneIn(3) ? { name: 'pause', call: { caller } } : { name: 'unpause', call: { caller } }),
  ])();
}
