import { maxUint256 } from 'viem';
import type { Rules, State } from '../model/state.ts';
import { addressOf, arbitrators, deployment, people } from './accounts.ts';
import type { Chain } from './anvil.ts';
import { type ContractName, contracts, encode } from './encoded.ts';
import { rulesStruct } from './terms.ts';

const minted = 100_000_000_000n;
/** So little that it cannot pay everything it asks for. */
const mintedForClient2 = 9_000_000_000n;

const templateRules: Rules = {
  validators: ['validator1', 'validator2'],
  requiredPasses: 1,
  threshold: 60,
  validatorFee: 5n,
  validationWindow: 600,
  silencePercent: 20,
  disputeWindow: 600,
  revalidators: ['revalidator1'],
  requiredRepasses: 1,
  bondBps: 700,
  evidenceWindow: 600,
  rulingWindow: 3_600,
  defaultPercent: 45,
};

const templates: State['templates'] = [
  { creator: 'creator', feeBps: 499n, active: true, rules: templateRules },
  { creator: 'creator', feeBps: 1_000n, active: true, rules: { ...templateRules, silencePercent: 100 } },
];

const mintedFor = (account: string): bigint => (account === 'client2' ? mintedForClient2 : minted);

function deployedState({ now, block }: { now: number; block: number }): State {
  return {
    now: now + 1,
    block: block + 1,
    chain: { chainId: deployment.chainId, disputes: deployment.disputes, blockHashes: {} },
    balances: Object.fromEntries(people.map((account) => [account, mintedFor(account)])),
    blacklist: [],
    usedAuthorizations: [],
    credits: { kernel: {}, court: {}, disputes: {} },
    jobs: [],
    usedOffers: [],
    pause: { earlier: 0, start: 0, end: 0 },
    guardian: 'guardian',
    platformFee: { bps: 250n, treasury: 'treasury' },
    templates,
    pool: { seats: [], emptySeats: [], counts: [], arbitrators: {}, unsentSlashes: 0n },
    treasury: { reserve: 0n, fund: 0n, total: 0n, fundShareBps: 2_000n },
  };
}

/** People with money and approvals, an owner, a guardian and templates; then as the model begins. */
export async function prepare(chain: Chain): Promise<State> {
  const send = async (from: string, to: ContractName, call: readonly [string, ...unknown[]]) => {
    const [functionName, ...args] = call;
    const { data } = encode(to, functionName, args);
    const { now } = await chain.latest();
    const receipt = await chain.send({ from: addressOf(from), to: contracts[to].address, data }, now + 1);
    if (receipt.status !== '0x1') throw new Error(`${from} could not ${functionName}.`);
  };
  for (const account of [...people, 'owner', 'nobody']) await chain.endow(addressOf(account));
  for (const account of people) {
    await send(account, 'usdc', ['mint', addressOf(account), mintedFor(account)]);
    for (const spender of ['kernel', 'disputes', 'pool'])
      await send(account, 'usdc', ['approve', addressOf(spender), maxUint256]);
  }
  await send('owner', 'kernel', ['setGuardian', addressOf('guardian')]);
  await send('owner', 'kernel', ['setPlatformFee', 250, deployment.treasury]);
  for (const { feeBps, rules } of templates)
    await send('creator', 'templates', ['create', 'template', '', rulesStruct(rules), Number(feeBps)]);
  return deployedState(await chain.latest());
}

/** Arbitrators that have their seats before any dispute. */
export const seated = arbitrators.slice(0, 3);
