import { permitTypes, testUsdcAbi, usdcDomain } from '@bonafide/contracts';
import { bytesToHex, type Hex } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import { parseUsdc } from '../../models/money.ts';
import type { signUsdcAuthorization as authorization } from '../../operations/usdc/sign-authorization.ts';
import type { signUsdcPermit as permit } from '../../operations/usdc/sign-permit.ts';
import { openChain } from '../chain.ts';
import { requireWallet } from '../context.ts';
import { guardPayment } from '../guard.ts';
import { reading } from '../reading.ts';
import { invalid } from '../refusals.ts';
import { requireSome, requireUint256 } from './amounts.ts';
import { signAuthorization } from './authorization.ts';

type PermitInput = z.output<(typeof permit)['input']>;
type AuthorizationInput = z.output<(typeof authorization)['input']>;

/** usdc.signPermit: an allowance as a signature, with the nonce that the token expects next. */
export async function signUsdcPermit(
  context: LocalContext,
  input: PermitInput,
): Promise<z.output<(typeof permit)['output']>> {
  const account = requireWallet(context);
  const value = requireUint256(parseUsdc(input.amountUsdc));
  const deadline = requireFuture(context, input.validUntil);
  const { node, deployment } = await openChain(context);
  const spender = deployment[input.spender];
  const request = { address: deployment.usdc, abi: testUsdcAbi, functionName: 'nonces' } as const;
  const nonce = await reading('the nonce of permits', () =>
    node.readContract({ ...request, args: [account.address] }),
  );
  // Of several permits with one nonce the token takes one, so the largest counts.
  const payment = { wallet: account.address, to: spender, units: value, purpose: `permit ${nonce}` };
  await guardPayment(context, payment);
  const signature = await account.signTypedData({
    domain: usdcDomain(deployment),
    types: permitTypes,
    primaryType: 'Permit',
    message: { owner: account.address, spender, value, nonce, deadline },
  });
  const { amountUsdc, validUntil } = input;
  return { owner: account.address, spender, amountUsdc, nonce: String(nonce), validUntil, signature };
}

/** usdc.signAuthorization: a payment that its receiver collects itself. */
export async function signUsdcAuthorization(
  context: LocalContext,
  { to, amountUsdc, validUntil }: AuthorizationInput,
): Promise<z.output<(typeof authorization)['output']>> {
  const { address } = requireWallet(context);
  const units = requireSome(parseUsdc(amountUsdc));
  const validBefore = requireFuture(context, validUntil);
  const chain = await openChain(context);
  const nonce = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
  const payment = { to: to as Hex, units, nonce, validBefore, purpose: `authorization ${nonce}` };
  const signature = await signAuthorization(context, { chain, payment });
  return { from: address, to, amountUsdc, nonce, validUntil, signature };
}

function requireFuture({ now }: LocalContext, validUntil: string): bigint {
  const until = Date.parse(validUntil);
  if (until <= now().getTime()) throw invalid('validUntil', 'must be in the future');
  return BigInt(Math.floor(until / 1000));
}
