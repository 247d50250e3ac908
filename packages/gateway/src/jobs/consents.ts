import { consentDomain, consentTypes, type Deployment } from '@bonafide/contracts';
import { BonafideError, ValidationError } from '@bonafide/core/errors';
import { hasEnded, type JobConsent, parseUsdc } from '@bonafide/core/models';
import { encodeAbiParameters, type Hex, hashTypedData } from 'viem';
import { toSeconds } from '../chain/clock.ts';
import { findInIndex } from '../chain/freshness.ts';
import { isSignatureOf } from '../chain/wallets.ts';
import { type Context, requireChain } from '../context.ts';
import type { StoredJob } from '../stores/chain.ts';

/** Keeps what the calling party signed for the other one, in place of what it signed before. */
export async function shareConsent(
  context: Context,
  { jobId, consent }: { readonly jobId: string; readonly consent: JobConsent },
): Promise<JobConsent> {
  const job = await findOwnJob(context, jobId);
  assertSound(job, { jobId, consent, now: context.now() });
  assertIsCaller(context, consent.signer);
  const { node } = requireChain(context);
  const hash = digestOf(node.deployment, consent);
  const signed = { address: consent.signer as Hex, hash, signature: consent.signature as Hex };
  if (!(await isSignatureOf(node.client, signed))) {
    throw invalid('consent.signature', 'is not the signature of the signer under this consent');
  }
  return context.commit((tx) => {
    // Again, under the write lock: the job may have ended while the signature was checked.
    assertRuns(tx.tables.jobs.get(jobId), jobId);
    tx.tables.consents.put(consent);
    const { kind, signer, validUntil } = consent;
    tx.audit({ event: 'job.consent-shared', subject: jobId, data: { jobId, kind, signer, validUntil } });
    return consent;
  });
}

/** What the parties of a job left for each other; only for them. */
export async function listConsents(context: Context, jobId: string): Promise<{ items: JobConsent[] }> {
  await findOwnJob(context, jobId);
  return { items: context.read.consents.listOfJob(jobId, context.now()) };
}

/** The job, when the proven wallet of the caller is a party of it: parties may be in any workspace. */
async function findOwnJob(context: Context, jobId: string): Promise<StoredJob> {
  const find = () => context.read.jobs.get(jobId);
  const stored = await findInIndex(context, { find, what: `job ${jobId}` });
  const { client, provider } = stored.job;
  const wallet = walletOf(context);
  if (wallet !== undefined && [client, provider].some((party) => isSame(party, wallet))) return stored;
  throw new BonafideError(
    'FORBIDDEN',
    'Only an agent whose proven wallet is a party of the job can do this.',
  );
}

function assertSound(
  { job }: StoredJob,
  { jobId, consent, now }: { readonly jobId: string; readonly consent: JobConsent; readonly now: string },
): void {
  assertRuns({ job }, jobId);
  if (consent.jobId !== jobId) throw invalid('consent.jobId', 'must be the job of the path');
  if (Date.parse(consent.validUntil) <= Date.parse(now))
    throw invalid('consent.validUntil', 'must be to come');
  if (consent.kind === 'cancellation') {
    if (parseUsdc(consent.providerAmountUsdc) > parseUsdc(job.amountUsdc))
      throw invalid('consent.providerAmountUsdc', 'must be at most the budget of the job');
  } else if (Date.parse(consent.expiresAt) <= Date.parse(job.expiresAt))
    throw invalid('consent.expiresAt', 'must be later than the job expires now');
}

function assertRuns(stored: Pick<StoredJob, 'job'> | undefined, jobId: string): void {
  if (stored && !hasEnded(stored.job)) return;
  throw new BonafideError('CONFLICT', `Job ${jobId} has ended.`);
}

function assertIsCaller(context: Context, signer: string): void {
  const wallet = walletOf(context);
  if (wallet !== undefined && isSame(signer, wallet)) return;
  throw invalid('consent.signer', 'must be the wallet of the caller');
}

function walletOf({ principal }: Context): string | undefined {
  return principal.kind === 'agent' ? principal.agent.wallet : undefined;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** What the kernel checks the signature against. */
function digestOf(deployment: Deployment, consent: JobConsent): Hex {
  const common = { domain: consentDomain(deployment), types: consentTypes } as const;
  const [jobId, validUntil] = [BigInt(consent.jobId), BigInt(toSeconds(consent.validUntil))];
  if (consent.kind === 'cancellation') {
    const message = { jobId, providerAmount: parseUsdc(consent.providerAmountUsdc), validUntil };
    return hashTypedData({ ...common, primaryType: 'Cancellation', message });
  }
  const optParams =
    consent.submitBy === undefined
      ? '0x'
      : encodeAbiParameters([{ type: 'uint48' }], [toSeconds(consent.submitBy)]);
  const message = { jobId, expiredAt: toSeconds(consent.expiresAt), validUntil, optParams } as const;
  return hashTypedData({ ...common, primaryType: 'Extension', message });
}

function invalid(path: string, message: string): ValidationError {
  return new ValidationError(`${path} ${message}`, { issues: [{ path, message }] });
}
