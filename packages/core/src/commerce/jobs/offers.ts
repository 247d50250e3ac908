import { agenticCommerceAbi, courtAbi, identityRegistryAbi, newJobNonce } from '@bonafide/contracts';
import { bytesToBigInt, type Hex, hashTypedData } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import { parseUsdc } from '../../models/money.ts';
import type { JobOffer } from '../../models/terms.ts';
import { type ContractTerms, toContractTerms } from '../../models/terms-codec.ts';
import type { signOffer as signing } from '../../operations/jobs/sign-offer.ts';
import type { takeOffer as taking } from '../../operations/jobs/take-offer.ts';
import type { withdrawOffer as withdrawing } from '../../operations/jobs/withdraw-offer.ts';
import { type Chain, openChain } from '../chain.ts';
import { hashTerms, readJob } from '../chain-job.ts';
import { requireWallet } from '../context.ts';
import { checkPayment } from '../guard.ts';
import { reading } from '../reading.ts';
import { conflict } from '../refusals.ts';
import { checkRules } from '../rules.ts';
import { isSameAddress } from '../same-address.ts';
import { transact } from '../transact.ts';
import { signAuthorization } from '../usdc/authorization.ts';
import { requireBalance } from '../usdc/token.ts';
import { createdIn } from './create.ts';
import { findParty, findSelf } from './parties.ts';
import { isSignedBy } from './signatures.ts';
import { buildTerms, evaluatorFeeOf, toNewJob, toTypedTerms } from './terms.ts';
import { requireFees } from './validator-fees.ts';

type Signing = typeof signing;
type Taking = typeof taking;
type Withdrawing = typeof withdrawing;

/** jobs.signOffer: a provider's signature under terms that one client can take once. */
export async function signOffer(
  context: LocalContext,
  input: z.output<Signing['input']>,
): Promise<z.output<Signing['output']>> {
  const account = requireWallet(context);
  const [provider, client] = await Promise.all([
    findSelf(context),
    findParty(context, { agentId: input.client, path: 'client' }),
  ]);
  const salt = bytesToBigInt(crypto.getRandomValues(new Uint8Array(32)));
  const terms = { ...(await buildTerms(context, { input, client, provider })), salt: String(salt) };
  const chain = await openChain(context);
  const typedTerms = toTypedTerms(chain, toContractTerms(terms));
  const signature = await account.signTypedData(typedTerms);
  const digest = hashTypedData(typedTerms);
  if (!(await isSignedBy(chain, { address: account.address, digest, signature }))) {
    throw conflict(`The wallet did not sign as ${account.address}.`, { reason: 'SIGNER' });
  }
  const { chainId, court } = chain.deployment;
  return { chainId, court, terms, signature };
}

/** jobs.takeOffer: the job of an offer, created, accepted and funded in one transaction. */
export async function takeOffer(
  context: LocalContext,
  input: z.output<Taking['input']>,
): Promise<z.output<Taking['output']>> {
  const chain = await openChain(context);
  const terms = toContractTerms(input.offer.terms as JobOffer['terms']);
  requireSameChain(chain, input.offer);
  requireStated(context, { terms, input });
  if (await isUsed(chain, terms)) return findTaken(context, terms);
  await requireSigned(chain, { terms, signature: input.offer.signature as Hex });
  const { provider, client } = terms;
  checkRules(input.offer.terms.rules as JobOffer['terms']['rules'], { client, provider });

  const { job, optParams } = toNewJob(chain, {
    terms,
    description: input.description,
    providerSignature: input.offer.signature as Hex,
  });
  const units = terms.budget + evaluatorFeeOf(terms);
  await checkPayment(context, { wallet: client, to: provider, units });
  await requireBalance(chain, { owner: client, units });
  const payment = {
    to: chain.deployment.agenticCommerce,
    units,
    nonce: newJobNonce(chain.deployment, { job, optParams }),
    // Later the offer cannot be taken any more.
    validBefore: BigInt(terms.submitBy),
    // Providers choose their salts: two may choose the same, and both can be paid.
    purpose: `offer ${terms.salt} of ${provider}`,
  };
  const signature = await signAuthorization(context, { chain, payment });
  const { validBefore } = payment;
  const receipt = await transact(context, {
    address: chain.deployment.agenticCommerce,
    abi: agenticCommerceAbi,
    functionName: 'createAndFund',
    args: [job, { client, validAfter: 0n, validBefore, signature }, optParams],
  });
  return { jobId: createdIn(chain, receipt), transactionHash: receipt.transactionHash, status: 'funded' };
}

function requireSameChain(
  { deployment }: Chain,
  { chainId, court }: { chainId: number; court: string },
): void {
  if (chainId === deployment.chainId && isSameAddress(court, deployment.court)) return;
  throw conflict(
    `The offer is for court ${court} on chain ${chainId}; this agent uses ${deployment.court} on ${deployment.chainId}.`,
    { reason: 'CHAIN' },
  );
}

function requireStated(
  context: LocalContext,
  { terms, input }: { readonly terms: ContractTerms; readonly input: z.output<Taking['input']> },
): void {
  const { address } = requireWallet(context);
  if (!isSameAddress(terms.client, address))
    throw conflict(`The offer is for ${terms.client}, not for this wallet.`, { reason: 'SIGNER' });
  if (terms.jobId !== 0n)
    throw conflict('These are terms of a job that exists, not an offer.', { reason: 'TERMS' });
  if (parseUsdc(input.amountUsdc) !== terms.budget)
    throw conflict(`The offer is for ${input.offer.terms.amountUsdc} USDC, not ${input.amountUsdc}.`, {
      reason: 'TERMS',
    });
  requireFees(evaluatorFeeOf(terms), input.validatorFeesUsdc);
  if (!isSameAddress(input.provider, terms.provider))
    throw conflict(`The offer pays ${terms.provider}, not ${input.provider}.`, { reason: 'TERMS' });
}

async function requireSigned(
  chain: Chain,
  { terms, signature }: { readonly terms: ContractTerms; readonly signature: Hex },
): Promise<void> {
  const digest = hashTypedData(toTypedTerms(chain, terms));
  if (await isSignedBy(chain, { address: terms.provider, digest, signature })) return;
  // The wallet that the provider's agent is paid to can sign too.
  const wallet = terms.hasProviderAgent ? await agentWalletOf(chain, terms.providerAgentId) : undefined;
  if (wallet && (await isSignedBy(chain, { address: wallet, digest, signature }))) return;
  throw conflict(`The offer was not signed by its provider, ${terms.provider}. Nothing was signed.`, {
    reason: 'SIGNATURE',
  });
}

async function agentWalletOf({ node, deployment }: Chain, agentId: bigint): Promise<Hex | undefined> {
  const address = deployment.identityRegistry;
  const request = {
    address,
    abi: identityRegistryAbi,
    functionName: 'getAgentWallet',
    args: [agentId],
  } as const;
  return node.readContract(request).catch(() => undefined);
}

function isUsed(
  { node, deployment }: Chain,
  { provider, salt }: { readonly provider: Hex; readonly salt: bigint },
): Promise<boolean> {
  const request = { address: deployment.court, abi: courtAbi, functionName: 'isOfferUsed' } as const;
  return reading('the offer', () => node.readContract({ ...request, args: [provider, salt] }));
}

/** After a crash the chain knows best: the job that these very terms became. */
async function findTaken(context: LocalContext, terms: ContractTerms): Promise<z.output<Taking['output']>> {
  const { client, provider, salt } = terms;
  const { signal } = context;
  let cursor: string | undefined;
  do {
    const page = await context.client.jobs.list({ client, provider, limit: 100, cursor }, { signal });
    const taken = page.items.find((each) => each.terms?.salt === String(salt));
    if (taken) {
      const job = await readJob(context, taken.jobId);
      if (job.termsHash === hashTerms(terms)) return { jobId: taken.jobId, status: job.status };
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  throw conflict('This offer was used already or withdrawn by its provider. Nothing was signed.', {
    reason: 'OFFER_USED',
  });
}

/** jobs.withdrawOffer: the provider's salt is used up; an offer that was taken is a job and stays one. */
export async function withdrawOffer(
  context: LocalContext,
  { salt }: z.output<Withdrawing['input']>,
): Promise<z.output<Withdrawing['output']>> {
  const { address } = requireWallet(context);
  const chain = await openChain(context);
  if (await isUsed(chain, { provider: address, salt: BigInt(salt) })) return { salt };
  const { transactionHash } = await transact(context, {
    address: chain.deployment.court,
    abi: courtAbi,
    functionName: 'withdrawOffer',
    args: [BigInt(salt)],
  });
  return { salt, transactionHash };
}
