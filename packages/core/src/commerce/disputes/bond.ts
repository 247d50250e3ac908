import { bondNonce, disputesAbi } from '@bonafide/contracts';
import type { Hex } from 'viem';
import type { LocalContext } from '../../client/local-handlers.ts';
import { formatUsdc, parseUsdc } from '../../models/money.ts';
import type { ContractTerms } from '../../models/terms-codec.ts';
import type { ChainJob } from '../chain-job.ts';
import { requireWallet } from '../context.ts';
import { reading } from '../reading.ts';
import { conflict } from '../refusals.ts';
import { isSameAddress } from '../same-address.ts';
import { signAuthorization } from '../usdc/authorization.ts';
import { readAllowance, requireBalance } from '../usdc/token.ts';
import type { Side } from './chain-dispute.ts';

/** The bond of one side, as it will be posted. */
export interface Bond {
  readonly job: ChainJob;
  readonly terms: ContractTerms;
  readonly side: Side;
  /** What the caller expects it to be; anything else is refused. */
  readonly bondUsdc: string;
  readonly evidenceHash: Hex;
  /** Unix seconds; the signature is worth nothing after it. */
  readonly validBefore: number;
}

/** `IDisputes.BondPayment`. */
interface BondPayment {
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  readonly signature: Hex;
}

/** Signs the bond, once it is what the caller expects and what the wallet may and can pay. */
export async function signBond(context: LocalContext, bond: Bond): Promise<BondPayment> {
  const { address } = requireWallet(context);
  const { job, terms, side, evidenceHash } = bond;
  const units = await requireBond(bond);
  await requireBalance(job.chain, { owner: address, units });
  const validBefore = BigInt(bond.validBefore);
  // A signature counts as the party's own; the wallet of its agent pays by allowance.
  if (!isSameAddress(terms[side], address)) {
    await requireAllowance(bond, { owner: address, units });
    return { validAfter: 0n, validBefore, signature: '0x' };
  }
  const { deployment } = job.chain;
  const nonce = bondNonce(deployment, { jobId: job.jobId, evidenceHash });
  const payment = { to: deployment.disputes, units, nonce, validBefore, purpose: `bond of job ${job.jobId}` };
  const signature = await signAuthorization(context, { chain: job.chain, payment });
  return { validAfter: 0n, validBefore, signature };
}

async function requireBond({ job, terms, bondUsdc }: Bond): Promise<bigint> {
  const { node, deployment } = job.chain;
  const request = { address: deployment.disputes, abi: disputesAbi, functionName: 'bondOf' } as const;
  const args = [terms.budget, terms.rules.bondBps] as const;
  const units = await reading('the bond', () => node.readContract({ ...request, args }));
  if (units === parseUsdc(bondUsdc)) return units;
  const message = `The bond of job ${job.jobId} is ${formatUsdc(units)} USDC, not ${bondUsdc}.`;
  throw conflict(message, { reason: 'BOND', bondUsdc: formatUsdc(units) });
}

async function requireAllowance(
  { job }: Bond,
  { owner, units }: { readonly owner: Hex; readonly units: bigint },
): Promise<void> {
  const spender = job.chain.deployment.disputes;
  if ((await readAllowance(job.chain, { owner, spender })) >= units) return;
  const message = `The wallet of an agent posts bonds by allowance: call usdc.approve for disputes with ${formatUsdc(units)} first.`;
  throw conflict(message, { reason: 'ALLOWANCE', bondUsdc: formatUsdc(units) });
}
