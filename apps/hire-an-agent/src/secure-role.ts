import { required, say } from '@bonafide/app-kit';
import { type Agent, type AgentProfileOptions, secure } from '@bonafide/core';
import { chainOfRole } from './chain-of-role.ts';
import { walletOfRole } from './wallet-of-role.ts';

/** The agent of this process, with its own key, wallet and ERC-8004 identity; its environment says where. */
export async function secureRole(name: string, profile: AgentProfileOptions): Promise<Agent> {
  const wallet = await walletOfRole();
  const agent = await secure(name, {
    url: required('BONAFIDE_URL'),
    enrolmentToken: required('BONAFIDE_ENROLMENT_TOKEN'),
    chain: await chainOfRole(),
    wallet,
    ...profile,
  });
  const { chainAgentId } = await agent.wallets.link();
  say(
    `I am ${agent.name}, ${agent.did.slice(0, 24)}…, ERC-8004 agent ${chainAgentId}, paid at ${wallet.address}`,
  );
  return agent;
}
