import { getArbitrator, listArbitrators } from '../arbitrators/read-arbitrators.ts';
import { catchUp } from '../chain/freshness.ts';
import { requireChain } from '../context.ts';
import { getDispute, listDisputes } from '../disputes/read-disputes.ts';
import { readIdentity } from '../identities/read-identity.ts';
import { readStats } from '../stats/read-stats.ts';
import { getTemplate, listTemplates } from '../templates/read-templates.ts';
import { readTreasury } from '../treasury/balances.ts';
import { listValidations, readValidation } from '../validations/read-validations.ts';
import { readWallet } from '../wallets/read-wallet.ts';
import type { HandlersOf, IdsOf } from './types.ts';

type MarketIds = IdsOf<
  'disputes' | 'arbitrators' | 'templates' | 'treasury' | 'identities' | 'validations' | 'wallets'
>;

/** What is read of the protocol beside jobs. */
export const marketHandlers: HandlersOf<MarketIds> = {
  'disputes.get': async (context, { jobId }) => getDispute(context, jobId),
  'disputes.list': async (context, listing) => {
    await catchUp(context);
    return listDisputes(context, listing);
  },
  'arbitrators.get': async (context, { address }) => getArbitrator(context, address),
  'arbitrators.list': async (context, listing) => {
    await catchUp(context);
    return listArbitrators(context, listing);
  },
  'templates.get': async (context, { templateId }) => getTemplate(context, templateId),
  'templates.list': async (context, listing) => {
    await catchUp(context);
    return listTemplates(context, listing);
  },
  'treasury.getBalances': async (context) => readTreasury(requireChain(context).node),
  'treasury.getStats': async (context, period) => {
    await catchUp(context);
    return readStats(context.read, { ...period, nowMs: context.services.now() });
  },
  'identities.get': async (context, { chainAgentId }) =>
    readIdentity(requireChain(context).node, chainAgentId),
  'validations.get': async (context, { requestHash }) =>
    readValidation(requireChain(context).node, requestHash),
  'validations.list': async (context, listing) => listValidations(requireChain(context).node, listing),
  'wallets.get': async (context, { agentId }) => readWallet(context, agentId),
};
