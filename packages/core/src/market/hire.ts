import type { Client } from '../client/types.ts';
import { BonafideError } from '../errors.ts';
import { hasEnded, type Job } from '../models/job.ts';
import { formatUsdc, parseUsdc } from '../models/money.ts';
import type { JobRules } from '../models/terms.ts';
import { fetchByDigest, storeContent } from './content.ts';
import { answerStep, disputeStep } from './dispute-steps.ts';
import { followJobs } from './follow-jobs.ts';
import { timeoutSteps } from './timeout-steps.ts';
import type { Hired, HireOptions, HireRequest, ResumeRequest, TakeRequest } from './types.ts';

/** A job that no index has after this long is none. */
const INDEX_PATIENCE_MS = 60_000;

interface Hirer {
  readonly client: Client;
  readonly address: string;
}

/** Creates the job, unless there is one, and carries it to its end; only the job id is needed to go on after a crash. */
export async function hire(
  hirer: Hirer,
  request: HireRequest | TakeRequest | ResumeRequest,
  options: HireOptions,
): Promise<Hired> {
  const jobId = await begin(hirer, request, options);
  options.onCreated?.(jobId);
  const job = await carry(hirer, jobId, options);
  return {
    job,
    outcome: outcomeOf(job),
    paidUsdc: job.providerAmountUsdc ?? '0',
    deliverable: async () => fetchByDigest(hirer.client, job.deliverable, options),
  };
}

async function begin(
  { client, address }: Hirer,
  request: HireRequest | TakeRequest | ResumeRequest,
  { signal }: HireOptions,
): Promise<string> {
  if ('jobId' in request) {
    const job = await client.jobs.get({ jobId: request.jobId }, { signal });
    if (job.client.toLowerCase() === address.toLowerCase()) return request.jobId;
    throw new BonafideError('FORBIDDEN', `Job ${request.jobId} is not a job of this agent's wallet.`);
  }
  if ('offer' in request) {
    const { offer, description } = request;
    const { amountUsdc, provider, rules } = offer.terms;
    const stated = { amountUsdc, provider, validatorFeesUsdc: feesOf(rules) };
    return (await client.jobs.takeOffer({ offer, ...stated, description }, { signal })).jobId;
  }
  const { specification, ...terms } = request;
  const specHash =
    specification === undefined ? undefined : (await storeContent(client, specification, { signal })).digest;
  return (await client.jobs.create({ ...terms, specHash }, { signal })).jobId;
}

function feesOf({
  validators,
  validatorFeeUsdc,
}: Pick<JobRules, 'validators' | 'validatorFeeUsdc'>): string | undefined {
  const units = parseUsdc(validatorFeeUsdc) * BigInt(validators.length);
  return units === 0n ? undefined : formatUsdc(units);
}

function carry({ client, address }: Hirer, jobId: string, options: HireOptions): Promise<Job> {
  const { promise, resolve, reject } = Promise.withResolvers<Job>();
  const { disputes, answers, ...rest } = options;
  const startedAt = Date.now();
  let isSeen = false;
  const isComing = (error: Error): boolean =>
    !isSeen && isNotIndexed(error) && Date.now() - startedAt < INDEX_PATIENCE_MS;
  const role = followJobs(
    {
      client,
      address,
      rolesIn: () => ['client'],
      list: async function* () {
        yield jobId;
      },
      steps: {
        ...timeoutSteps(client),
        'jobs.fund': async ({ job, signal }) => {
          const { amountUsdc, provider, rules } = job;
          const validatorFeesUsdc = rules && feesOf(rules);
          await client.jobs.fund({ jobId, amountUsdc, provider, validatorFeesUsdc }, { signal });
          return true;
        },
        ...(disputes && { 'disputes.open': disputeStep(client, disputes) }),
        ...(answers && { 'disputes.answer': answerStep(client, answers) }),
      },
      onJob: (job) => {
        isSeen = true;
        if (job.jobId === jobId && isOver(job)) resolve(job);
      },
    },
    {
      ...rest,
      onError: (error) => (canRetry(error) || isComing(error) ? undefined : reject(error)),
    },
  );
  void role.stopped.then(() => reject(stopped(options.signal)), reject);
  return promise.finally(() => role[Symbol.asyncDispose]());
}

const stopped = (signal: AbortSignal | undefined): Error =>
  signal?.aborted
    ? BonafideError.from(signal.reason)
    : new BonafideError('UNAVAILABLE', 'The hire stopped before it ended.');

/** Conflicts that stay until a person does something; all others come from what somebody did meanwhile. */
const lasting: ReadonlySet<unknown> = new Set([
  ...['INSUFFICIENT_USDC', 'INSUFFICIENT_GAS_MONEY', 'SIGNER', 'SIGNATURE', 'CHAIN', 'TERMS'],
  ...['FEES', 'BOND', 'ALLOWANCE', 'OFFER_USED'],
]);

// A node or gateway that is away comes back, and what somebody else did meanwhile is seen at the next look.
function canRetry(error: Error): boolean {
  const { code, retryable, details } = BonafideError.from(error);
  return retryable || code === 'CHAIN_REVERTED' || (code === 'CONFLICT' && !lasting.has(details.reason));
}

// The chain has a job that was just created; a gateway that waits for confirmations has it a few blocks later.
const isNotIndexed = (error: Error): boolean => BonafideError.from(error).code === 'NOT_FOUND';

const isOver = (job: Job): boolean => hasEnded(job) || (job.status === 'open' && isTooLate(job));

// Nobody can accept or fund it any more; no money is in it.
const isTooLate = ({ submitBy, expiresAt }: Job): boolean => Date.parse(submitBy ?? expiresAt) < Date.now();

function outcomeOf(job: Job): Hired['outcome'] {
  const { providerAmountUsdc, amountUsdc, status, resolution } = job;
  if (status === 'open' || resolution === 'declined' || resolution === 'withdrawn') return 'lapsed';
  if (status === 'completed') return providerAmountUsdc === amountUsdc ? 'paid' : 'split';
  return 'refunded';
}
