import { z } from 'zod';
import { address, did, id, name, timestamp, uint256 } from './common.ts';
import { capability, skills } from './skill.ts';

export const agentStatus = z.enum(['active', 'revoked']);

export const agentType = z.enum(['ai_agent', 'mcp_server', 'multi_agent_team', 'validator', 'service']);

/** What anyone on the gateway may see of a listed agent. */
export const agentProfile = z.object({
  agentId: id,
  did,
  name,
  agentType,
  description: z.string(),
  capabilities: z.array(z.string()),
  status: agentStatus,
  wallet: address.optional().meta({ description: 'Proven by a signature of this address' }),
  chainAgentId: uint256.optional().meta({ description: 'ERC-8004 identity owned by the wallet' }),
  isListed: z.boolean(),
  skills: skills.optional().meta({ isForPrograms: true }),
});
export type AgentProfile = z.infer<typeof agentProfile>;

/** An agent that was looked for. */
export const foundAgent = z.object({
  ...agentProfile.shape,
  trustScore: z.number().min(0).max(1).optional(),
  isOnline: z.boolean().meta({ description: 'Takes peer connections now' }),
});
export type FoundAgent = z.infer<typeof foundAgent>;

/** An agent as its own workspace sees it. */
export const agent = z.object({
  ...agentProfile.shape,
  workspace: z.string(),
  previousDids: z.array(did),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type Agent = z.infer<typeof agent>;

export const description = z.string().max(500);
export const capabilities = z.array(capability).max(50);
