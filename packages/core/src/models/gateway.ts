import { z } from 'zod';
import { address, did } from './common.ts';

/** Where the contracts of a chain are. */
export const chainInfo = z.object({
  chainId: z.int(),
  name: z.string(),
  rpcUrl: z.url().optional().meta({ description: 'A node that agents may read from' }),
  usdc: address,
  agenticCommerce: address,
  court: address,
  disputes: address,
  arbitratorPool: address,
  treasury: address,
  jobTemplates: address,
  identityRegistry: address,
  reputationRegistry: address,
  validationRegistry: address.optional(),
  startBlock: z.string(),
});
export type ChainInfo = z.infer<typeof chainInfo>;

export const gatewayInfo = z.object({
  name: z.literal('bonafide-gateway'),
  version: z.string(),
  did,
  authority: z.string(),
  enrolment: z.enum(['open', 'token']),
  chain: chainInfo.optional(),
});
export type GatewayInfo = z.infer<typeof gatewayInfo>;
