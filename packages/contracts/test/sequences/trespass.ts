import { people } from '../chain/accounts.ts';
import type { Action } from '../model/actions.ts';
import type { State } from '../model/state.ts';
import type { Dice } from './dice.ts';

/** The same step by somebody else, with another amount, other terms or another signature. */
export function spoil(state: State, action: Action, dice: Dice): Action {
  const spoiled = { ...action.call, ...dice.pick(spoilings(state, action, dice)) };
  return { name: action.name, call: spoiled } as Action;
}

function spoilings(state: State, { call }: Action, dice: Dice): Readonly<Record<string, unknown>>[] {
  const anybody = dice.pick(people);
  const changes: Readonly<Record<string, unknown>>[] = [{ caller: anybody }, { caller: 'outsider' }];
  if ('jobId' in call)
    changes.push({ jobId: state.jobs.length + 1 }, { jobId: 1 + dice.below(state.jobs.length) });
  if ('forged' in call) changes.push({ forged: true });
  if ('signer' in call) changes.push({ signer: anybody });
  if ('budget' in call) changes.push({ budget: call.budget + 1n });
  if ('score' in call) changes.push({ score: 101 });
  if ('percent' in call) changes.push({ percent: 101 });
  if ('providerAmount' in call) changes.push({ providerAmount: call.providerAmount + 4_000_000_001n });
  if ('validFor' in call) changes.push({ validFor: -1 });
  if ('clientSigner' in call) changes.push({ clientSigner: anybody }, { providerSigner: null });
  if ('later' in call) changes.push({ later: 0 }, { later: 366 * 86_400 });
  return changes;
}
