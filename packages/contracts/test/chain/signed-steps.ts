import { encodeAbiParameters, type Hex, numberToHex } from 'viem';
import { authorizationNonce, bondNonce, joinNonce, newJobNonce } from '../../src/index.ts';
import type { Steps } from '../model/actions.ts';
import { pausedSeconds } from '../model/clock.ts';
import { bondOf } from '../model/disputes.ts';
import { newJobOf } from '../model/kernel.ts';
import { escrowOf, type Job, jobOf, type NewJob, type Proposal, type State } from '../model/state.ts';
import { addressOf, deployment } from './accounts.ts';
import { type Encoded, encode, type Papers } from './encoded.ts';
import { signAuthorization, signCancellation, signExtension, validBefore } from './signatures.ts';
import { newJobStruct, noTerms, proposalParams, type TermsStruct, termsOf } from './terms.ts';

const { agenticCommerce: kernelAddress, arbitratorPool, disputes: disputesAddress } = deployment;
export const evidenceUri = 'ipfs://evidence';

export const idOf = ({ jobId }: { jobId: number }): bigint => BigInt(jobId);
const evidenceHash = (evidence: number): Hex => numberToHex(evidence, { size: 32 });

async function proposing(state: State, job: Job, proposal: Proposal | null) {
  if (!proposal) return { optParams: '0x' as Hex, keep: () => undefined };
  const terms = termsOf(state, job, proposal);
  const keep = (papers: Papers) => void papers.terms.set(job.id, terms);
  return { optParams: await proposalParams(proposal, terms), keep };
}

export async function create(state: State, { caller, job }: Steps['create']): Promise<Encoded> {
  const { optParams, keep } = await proposing(state, newJobOf(state, caller, job), job.proposal);
  return { ...encode('kernel', 'createJobWithBudget', [newJobStruct(state, job), optParams]), keep };
}

export async function createAndFund(
  state: State,
  call: Steps['createAndFund'],
  papers: Papers,
): Promise<Encoded> {
  const { client, signer, job, id } = call;
  const again = papers.signed.get(id);
  const { optParams, keep } = await proposing(state, newJobOf(state, client, job), job.proposal);
  if (again) return { to: 'kernel', data: again, keep };
  const struct = newJobStruct(state, job);
  const nonce = newJobNonce(deployment, { job: struct, optParams });
  const amount = job.budget + job.evaluatorFee;
  const signature = await paymentBy(signer, { from: client, to: kernelAddress, amount, nonce });
  const payment = { client: addressOf(client), validAfter: 0n, validBefore, signature };
  const encoded = encode('kernel', 'createAndFund', [struct, payment, optParams]);
  const keepBoth = (kept: Papers) => {
    keep(kept);
    if (signer !== null) kept.signed.set(id, encoded.data);
  };
  return { ...encoded, keep: keepBoth };
}

async function paymentBy(
  signer: string | null,
  authorization: Parameters<typeof signAuthorization>[1],
): Promise<Hex> {
  return signer === null ? '0x' : signAuthorization(signer, authorization);
}

export async function setBudget(state: State, call: Steps['setBudget']): Promise<Encoded> {
  const { jobId, amount, proposal } = call;
  const job = jobOf(state, jobId);
  const proposed = job ? { ...job, budget: amount } : undefined;
  const { optParams, keep } = proposed
    ? await proposing(state, proposed, proposal)
    : await proposing(state, newJobOf(state, call.caller, blank), null);
  return { ...encode('kernel', 'setBudget', [idOf(call), amount, optParams]), keep };
}

const blank: NewJob = {
  provider: null,
  evaluator: 'outsider',
  expiresIn: 0,
  budget: 0n,
  evaluatorFee: 0n,
  templateId: 0,
  proposal: null,
};

export async function fund(state: State, call: Steps['fund']): Promise<Encoded> {
  const { jobId, budget, signer } = call;
  const id = idOf(call);
  if (signer === null) return encode('kernel', 'fund', [id, budget, '0x']);
  const job = jobOf(state, jobId);
  const signature = await signAuthorization(signer, {
    from: job?.client ?? 'outsider',
    to: kernelAddress,
    amount: job ? escrowOf(job) : budget,
    nonce: authorizationNonce(deployment, { jobId: id, budget }),
  });
  return encode('kernel', 'fundWithAuthorization', [id, budget, 0n, validBefore, signature, '0x']);
}

export async function cancel(state: State, call: Steps['cancel']): Promise<Encoded> {
  const { providerAmount, clientSigner, providerSigner, validFor } = call;
  const message = { jobId: idOf(call), providerAmount, validUntil: BigInt(state.now + validFor) };
  const signatures = [
    await signCancellation(clientSigner, message),
    await signCancellation(providerSigner, message),
  ];
  return encode('kernel', 'cancel', [message.jobId, providerAmount, message.validUntil, ...signatures]);
}

export async function extend(state: State, call: Steps['extend']): Promise<Encoded> {
  const { later, submitLater, clientSigner, providerSigner, validFor } = call;
  const job = jobOf(state, call.jobId);
  const expiredAt = (job?.expiry ?? 0) + pausedSeconds(state) + later;
  const submitBy = (job?.agreement?.submitBy ?? 0) + pausedSeconds(state) + (submitLater ?? 0);
  const optParams = submitLater === null ? '0x' : encodeAbiParameters([{ type: 'uint48' }], [submitBy]);
  const message = { jobId: idOf(call), expiredAt, validUntil: BigInt(state.now + validFor), optParams };
  const signatures = [
    await signExtension(clientSigner, message),
    await signExtension(providerSigner, message),
  ];
  return encode('kernel', 'extend', [message.jobId, expiredAt, message.validUntil, optParams, ...signatures]);
}

export function termsFor(papers: Papers, { jobId, forged }: { jobId: number; forged: boolean }): TermsStruct {
  const terms = papers.terms.get(jobId) ?? [...papers.terms.values()][0] ?? noTerms;
  return forged ? { ...terms, rules: { ...terms.rules, threshold: terms.rules.threshold ^ 1 } } : terms;
}

async function bondPayment(state: State, call: Steps['answer'], byProvider: boolean) {
  const { jobId, evidence, signer } = call;
  const job = jobOf(state, jobId);
  const signature = await paymentBy(signer, {
    from: (byProvider ? job?.provider : job?.client) ?? 'outsider',
    to: disputesAddress,
    amount: bondDue(job),
    nonce: bondNonce(deployment, { jobId: idOf(call), evidenceHash: evidenceHash(evidence) }),
  });
  return { validAfter: 0n, validBefore, signature };
}

function bondDue(job: Job | undefined): bigint {
  if (!job?.agreement) return 0n;
  return job.dispute?.bond ?? bondOf(job, job.agreement);
}

export async function open(state: State, call: Steps['open'], papers: Papers): Promise<Encoded> {
  const { byProvider, evidence } = call;
  const payment = await bondPayment(state, call, byProvider);
  return encode('disputes', 'open', [
    idOf(call),
    termsFor(papers, call),
    byProvider,
    evidenceHash(evidence),
    evidenceUri,
    payment,
  ]);
}

export async function answer(state: State, call: Steps['answer'], papers: Papers): Promise<Encoded> {
  const openerIsProvider = jobOf(state, call.jobId)?.dispute?.openerIsProvider === true;
  const payment = await bondPayment(state, call, !openerIsProvider);
  return encode('disputes', 'answer', [
    idOf(call),
    termsFor(papers, call),
    evidenceHash(call.evidence),
    evidenceUri,
    payment,
  ]);
}

export async function join(call: Steps['join']): Promise<Encoded> {
  const { account, stake, signer } = call;
  if (signer === null) return encode('pool', 'join', [stake]);
  const arbitrator = addressOf(account);
  const nonce = joinNonce(deployment, { arbitrator, stake });
  const signature = await signAuthorization(signer, {
    from: account,
    to: arbitratorPool,
    amount: stake,
    nonce,
  });
  return encode('pool', 'joinWithAuthorization', [arbitrator, stake, 0n, validBefore, signature]);
}
