import { type Hex, keccak256 } from 'viem';
import type { StepName, Steps } from '../model/actions.ts';
import type { State } from '../model/state.ts';
import { addressOf, deployment } from './accounts.ts';
import type { Transaction } from './anvil.ts';
import { contracts, type Encoded, encode, type Papers } from './encoded.ts';
import { signTerms } from './signatures.ts';
import * as signed from './signed-steps.ts';
import { idOf, termsFor, evidenceUri as uri } from './signed-steps.ts';

const reason = keccak256('0x01');
const deliverable = keccak256('0x02');

type Encode<Name extends StepName> = (
  call: Steps[Name],
  state: State,
  papers: Papers,
) => Encoded | Promise<Encoded>;

const encoders: { [Name in StepName]: Encode<Name> } = {
  create: (call, state) => signed.create(state, call),
  createAndFund: (call, state, papers) => signed.createAndFund(state, call, papers),
  setBudget: (call, state) => signed.setBudget(state, call),
  fund: (call, state) => signed.fund(state, call),
  submit: (call) => encode('kernel', 'submit', [idOf(call), deliverable, '0x']),
  decline: (call) => encode('kernel', 'decline', [idOf(call), reason]),
  complete: (call) => encode('kernel', 'complete', [idOf(call), reason, '0x']),
  completeSplit: (call) => encode('kernel', 'completeSplit', [idOf(call), call.providerAmount, reason, '0x']),
  reject: (call) => encode('kernel', 'reject', [idOf(call), reason, '0x']),
  claimRefund: (call) => encode('kernel', 'claimRefund', [idOf(call)]),
  cancel: (call, state) => signed.cancel(state, call),
  extend: (call, state) => signed.extend(state, call),
  accept: async (call, _, papers) => encode('court', 'accept', [idOf(call), await consentOf(papers, call)]),
  withdrawOffer: ({ salt }) => encode('court', 'withdrawOffer', [BigInt(salt)]),
  validate: (call, _, papers) =>
    encode('court', 'validate', [...underTerms(papers, call), call.score, reason, uri]),
  settle: (call, _, papers) => encode('court', 'settle', underTerms(papers, call)),
  open: (call, state, papers) => signed.open(state, call, papers),
  answer: (call, state, papers) => signed.answer(state, call, papers),
  addEvidence: (call) => encode('disputes', 'addEvidence', [idOf(call), reason, uri]),
  revalidate: (call, _, papers) =>
    encode('disputes', 'revalidate', [...underTerms(papers, call), call.score, reason, uri]),
  escalate: (call, _, papers) => encode('disputes', 'escalate', underTerms(papers, call)),
  captureEntropy: (call) => encode('disputes', 'captureEntropy', [idOf(call)]),
  assignArbitrator: (call, _, papers) => encode('disputes', 'assignArbitrator', underTerms(papers, call)),
  rule: (call, _, papers) =>
    encode('disputes', 'rule', [...underTerms(papers, call), call.percent, reason, uri]),
  finalize: (call, _, papers) => encode('disputes', 'finalize', underTerms(papers, call)),
  releaseBonds: (call) => encode('disputes', 'releaseBonds', [idOf(call)]),
  join: signed.join,
  addStake: ({ amount }) => encode('pool', 'addStake', [amount]),
  requestLeave: () => encode('pool', 'requestLeave'),
  cancelLeave: () => encode('pool', 'cancelLeave'),
  withdrawStake: () => encode('pool', 'withdrawStake'),
  withdraw: ({ from }) => ({ ...encode('kernel', 'withdraw'), to: from }),
  sync: () => encode('treasury', 'sync'),
  collect: ({ from }) => encode('treasury', 'collect', [addressOf(from)]),
  withdrawReserve: ({ to, amount }) => encode('treasury', 'withdraw', [addressOf(to), amount]),
  setFundShare: ({ bps }) => encode('treasury', 'setFundShare', [Number(bps)]),
  setPlatformFee: ({ bps }) => encode('kernel', 'setPlatformFee', [Number(bps), deployment.treasury]),
  setTemplateActive: ({ templateId, active }) => encode('templates', 'setActive', [templateId, active]),
  pause: () => encode('kernel', 'pause'),
  unpause: () => encode('kernel', 'unpause'),
  blacklist: ({ account, blacklisted }) =>
    encode('usdc', blacklisted ? 'blacklist' : 'unBlacklist', [addressOf(account)]),
  stray: ({ to, amount }) => encode('usdc', 'transfer', [addressOf(to), amount]),
};

const underTerms = (papers: Papers, call: { jobId: number; forged: boolean }) =>
  [idOf(call), termsFor(papers, call)] as const;

function consentOf(papers: Papers, { jobId, signer }: Steps['accept']): Promise<Hex> {
  return signTerms(signer, termsFor(papers, { jobId, forged: false }));
}

/** The transaction of a step in the next block, and what to keep once it has succeeded. */
export async function transactionOf<Name extends StepName>(
  { name, call }: { name: Name; call: Steps[Name] },
  state: State,
  papers: Papers,
): Promise<{ transaction: Transaction; keep: (papers: Papers) => void }> {
  const encode: Encode<Name> = encoders[name];
  const { to, data, keep } = await encode(call, state, papers);
  const transaction = { from: addressOf(call.caller), to: contracts[to].address, data };
  return { transaction, keep: keep ?? (() => undefined) };
}
