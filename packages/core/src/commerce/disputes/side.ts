import type { LocalContext } from '../../client/local-handlers.ts';
import type { ChainJob } from '../chain-job.ts';
import { requireWallet } from '../context.ts';
import { payeeOf } from '../jobs/parties.ts';
import { conflict } from '../refusals.ts';
import { isSameAddress } from '../same-address.ts';
import type { Side } from './chain-dispute.ts';

/** The side that the wallet speaks for, as a party or as the wallet of the provider's agent; else CONFLICT. */
export async function requireSide(context: LocalContext, job: ChainJob): Promise<Side> {
  const { address } = requireWallet(context);
  if (isSameAddress(job.client, address)) return 'client';
  if (isSameAddress(job.provider, address)) return 'provider';
  if (isSameAddress(await payeeOf(job), address)) return 'provider';
  const message = `This wallet is neither the client nor the provider of job ${job.jobId}.`;
  throw conflict(message, { reason: 'SIGNER', client: job.client, provider: job.provider });
}
