import { agenticCommerceAbi, consentDomain, consentTypes } from '@bonafide/contracts';
import { encodeAbiParameters, type Hex, hashTypedData } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import { hasEnded } from '../../models/job.ts';
import { formatUsdc, parseUsdc } from '../../models/money.ts';
import type { JobConsent } from '../../models/terms.ts';
import { toSeconds, toTime } from '../../models/unix-time.ts';
import type { cancelJob as cancelling } from '../../operations/jobs/cancel.ts';
import type { extendJob as extending } from '../../operations/jobs/extend.ts';
import { type ChainJob, readJob } from '../chain-job.ts';
import { requireWallet } from '../context.ts';
import { conflict, invalid } from '../refusals.ts';
import { isSameAddress } from '../same-address.ts';
import { transact } from '../transact.ts';
import { statusAfter } from './end.ts';
import { payeeOf } from './parties.ts';
import { isSignedBy } from './signatures.ts';

type Cancelling = typeof cancelling;
type Extending = typeof extending;
type Output = z.output<Cancelling['output']>;

const WEEK = 7 * 86_400;

/** jobs.cancel: sends what both parties signed, or signs and leaves the consent for the other one. */
export async function cancelJob(
  context: LocalContext,
  input: z.output<Cancelling['input']>,
): Promise<Output> {
  const { jobId } = input;
  const job = await readJob(context, jobId);
  const role = await roleIn(context, job);
  if (hasEnded(job)) return { jobId, status: job.status, isWaiting: false };
  if (job.status === 'open') throw conflict(`Job ${jobId} is not funded, so there is nothing to divide.`);
  const units = parseUsdc(input.providerAmountUsdc);
  if (units > job.budget)
    throw invalid('providerAmountUsdc', `can be at most the budget, ${formatUsdc(job.budget)}`);

  const change: Change = {
    job,
    role,
    fits: (consent) => consent.kind === 'cancellation' && parseUsdc(consent.providerAmountUsdc) === units,
    toDigest: (validUntil) => hashTypedData(cancellation(job, { units, validUntil })),
    sign: (validUntil) => requireWallet(context).signTypedData(cancellation(job, { units, validUntil })),
    toConsent: (base) => ({ kind: 'cancellation', ...base, providerAmountUsdc: formatUsdc(units) }),
    send: ({ validUntil, clientSignature, providerSignature }) =>
      transact(context, {
        address: job.chain.deployment.agenticCommerce,
        abi: agenticCommerceAbi,
        functionName: 'cancel',
        args: [job.jobId, units, validUntil, clientSignature, providerSignature],
      }),
  };
  const otherwise = units === 0n ? 'rejected' : 'completed';
  return agree(context, { change, validUntil: input.validUntil, statusAfterwards: otherwise });
}

/** jobs.extend: as `jobs.cancel`, for later deadlines. */
export async function extendJob(context: LocalContext, input: z.output<Extending['input']>): Promise<Output> {
  const { jobId } = input;
  const job = await readJob(context, jobId);
  const role = await roleIn(context, job);
  if (hasEnded(job)) throw conflict(`Job ${jobId} is ${job.status}; its deadlines do not matter any more.`);
  const expiredAt = toSeconds(input.expiresAt);
  if (expiredAt === job.expiredAt) return { jobId, status: job.status, isWaiting: false };
  if (expiredAt < job.expiredAt) throw invalid('expiresAt', `must be later than ${toTime(job.expiredAt)}`);
  const submitBy = input.submitBy === undefined ? undefined : toSeconds(input.submitBy);
  const optParams = encodeSubmitBy(submitBy);

  const change: Change = {
    job,
    role,
    fits: (consent) =>
      consent.kind === 'extension' &&
      toSeconds(consent.expiresAt) === expiredAt &&
      (consent.submitBy === undefined ? undefined : toSeconds(consent.submitBy)) === submitBy,
    toDigest: (validUntil) => hashTypedData(extension(job, { expiredAt, validUntil, optParams })),
    sign: (validUntil) =>
      requireWallet(context).signTypedData(extension(job, { expiredAt, validUntil, optParams })),
    toConsent: (base) => ({
      kind: 'extension',
      ...base,
      expiresAt: toTime(expiredAt),
      ...(submitBy !== undefined && { submitBy: toTime(submitBy) }),
    }),
    send: ({ validUntil, clientSignature, providerSignature }) =>
      transact(context, {
        address: job.chain.deployment.agenticCommerce,
        abi: agenticCommerceAbi,
        functionName: 'extend',
        args: [job.jobId, expiredAt, validUntil, optParams, clientSignature, providerSignature],
      }),
  };
  return agree(context, { change, validUntil: input.validUntil, statusAfterwards: job.status });
}

type Role = 'client' | 'provider';
type ConsentBase = Pick<JobConsent, 'jobId' | 'signer' | 'validUntil' | 'signature'>;

/** One change that needs both parties, and how it is signed, kept and sent. */
interface Change {
  readonly job: ChainJob;
  readonly role: Role;
  readonly fits: (consent: JobConsent) => boolean;
  readonly toDigest: (validUntil: bigint) => Hex;
  readonly sign: (validUntil: bigint) => Promise<Hex>;
  readonly toConsent: (base: ConsentBase) => JobConsent;
  readonly send: (signed: {
    readonly validUntil: bigint;
    readonly clientSignature: Hex;
    readonly providerSignature: Hex;
  }) => ReturnType<typeof transact>;
}

interface Agreement {
  readonly change: Change;
  readonly validUntil: string | undefined;
  readonly statusAfterwards: Output['status'];
}

async function agree(
  context: LocalContext,
  { change, validUntil, statusAfterwards }: Agreement,
): Promise<Output> {
  const { job, role } = change;
  const { client, signal } = context;
  const jobId = String(job.jobId);
  const { items } = await client.jobs.listConsents({ jobId }, { signal });
  const now = Math.floor(context.now().getTime() / 1000);
  const fitting = (items as JobConsent[]).filter(
    (each) => change.fits(each) && toSeconds(each.validUntil) > now,
  );
  const theirs = await findSigned(change, { consents: fitting, signers: await signersOf(job, other(role)) });
  if (theirs) {
    const signature = theirs.signature as Hex;
    const receipt = await change.send({
      validUntil: BigInt(toSeconds(theirs.validUntil)),
      // Who sends it needs no signature.
      clientSignature: role === 'client' ? '0x' : signature,
      providerSignature: role === 'provider' ? '0x' : signature,
    });
    const { transactionHash } = receipt;
    return { jobId, transactionHash, status: statusAfter(receipt, statusAfterwards), isWaiting: false };
  }
  const { address } = requireWallet(context);
  if (!(await findSigned(change, { consents: fitting, signers: [address] }))) {
    const until = validUntil === undefined ? now + WEEK : toSeconds(validUntil);
    if (until <= now) throw invalid('validUntil', 'must be in the future');
    const signature = await change.sign(BigInt(until));
    const consent = change.toConsent({ jobId, signer: address, validUntil: toTime(until), signature });
    await client.jobs.shareConsent({ jobId, consent }, { signal });
  }
  return { jobId, status: job.status, isWaiting: true };
}

/** The first consent that one of these accounts signed indeed: what the gateway says of the signer is not believed. */
async function findSigned(
  change: Change,
  { consents, signers }: { readonly consents: readonly JobConsent[]; readonly signers: readonly Hex[] },
): Promise<JobConsent | undefined> {
  const { chain } = change.job;
  for (const consent of consents) {
    const address = signers.find((each) => isSameAddress(each, consent.signer));
    if (address === undefined) continue;
    const digest = change.toDigest(BigInt(toSeconds(consent.validUntil)));
    if (await isSignedBy(chain, { address, digest, signature: consent.signature as Hex })) return consent;
  }
  return undefined;
}

const other = (role: Role): Role => (role === 'client' ? 'provider' : 'client');

async function signersOf(job: ChainJob, role: Role): Promise<readonly Hex[]> {
  return role === 'client' ? [job.client] : [job.provider, await payeeOf(job)];
}

async function roleIn(context: LocalContext, job: ChainJob): Promise<Role> {
  const { address } = requireWallet(context);
  if (isSameAddress(job.client, address)) return 'client';
  const accounts = await signersOf(job, 'provider');
  if (accounts.some((each) => isSameAddress(each, address))) return 'provider';
  throw conflict(`This wallet is no party of job ${job.jobId}.`, { reason: 'SIGNER' });
}

function encodeSubmitBy(submitBy: number | undefined): Hex {
  return submitBy === undefined ? '0x' : encodeAbiParameters([{ type: 'uint48' }], [submitBy]);
}

function cancellation(
  { chain, jobId }: ChainJob,
  { units, validUntil }: { readonly units: bigint; readonly validUntil: bigint },
) {
  return {
    domain: consentDomain(chain.deployment),
    types: consentTypes,
    primaryType: 'Cancellation',
    message: { jobId, providerAmount: units, validUntil },
  } as const;
}

function extension(
  { chain, jobId }: ChainJob,
  change: { readonly expiredAt: number; readonly validUntil: bigint; readonly optParams: Hex },
) {
  return {
    domain: consentDomain(chain.deployment),
    types: consentTypes,
    primaryType: 'Extension',
    message: { jobId, ...change },
  } as const;
}
