import type { LocalHandlersOf } from '../client/local-handlers.ts';
import { arbitratorHandlers } from './arbitrators/index.ts';
import { disputeHandlers } from './disputes/index.ts';
import { identityHandlers } from './identities/index.ts';
import { jobHandlers } from './jobs/index.ts';
import { templateHandlers } from './templates/index.ts';
import { treasuryHandlers } from './treasury/index.ts';
import { usdcHandlers } from './usdc/index.ts';
import { validationHandlers } from './validations/index.ts';
import { walletHandlers } from './wallets/index.ts';

type CommerceNoun =
  | 'jobs'
  | 'disputes'
  | 'arbitrators'
  | 'templates'
  | 'treasury'
  | 'usdc'
  | 'wallets'
  | 'identities'
  | 'validations';

/** The local operations of commerce; loaded on first use, because viem comes with them. */
export const localHandlers: LocalHandlersOf<CommerceNoun> = {
  ...jobHandlers,
  ...disputeHandlers,
  ...arbitratorHandlers,
  ...templateHandlers,
  ...treasuryHandlers,
  ...usdcHandlers,
  ...walletHandlers,
  ...identityHandlers,
  ...validationHandlers,
};
