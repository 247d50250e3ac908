import type { Provider } from '@elizaos/core';
import { BonafideService } from './service.ts';

/** Tells the model who its agent is on Bonafide; never waits for the network. */
export const identityProvider: Provider = {
  name: 'BONAFIDE_IDENTITY',
  description: 'Who this agent is on Bonafide: its name, DID, workspace and wallet',
  async get(runtime) {
    const agent = runtime.getService<BonafideService>(BonafideService.serviceType)?.agent;
    if (!agent) return { text: 'This agent is not connected to Bonafide now.', values: {}, data: {} };
    const { did, name, id: agentId, record } = agent;
    const wallet = record.wallet
      ? `Its wallet is ${record.wallet}.`
      : 'No wallet is linked yet (wallets.link).';
    return {
      text: `On Bonafide this agent is '${name}' (${did}, agentId ${agentId}) in the workspace '${record.workspace}'. ${wallet} Actions with high risk wait until a person approves them.`,
      values: { bonafideDid: did, bonafideName: name, bonafideAgentId: agentId },
      data: { agent: record },
    };
  },
};
