import { BonafideError } from '@bonafide/core/errors';
import {
  getAgent,
  type ProfileChange,
  registerAgent,
  revokeAgent,
  rotateKey,
  toProfile,
  updateAgent,
} from '../agents/agents.ts';
import { enrolmentWorkspace } from '../agents/enrolment.ts';
import { findAgents } from '../agents/find.ts';
import { assertRotationProof } from '../agents/key-rotation.ts';
import { withSkills } from '../agents/skills.ts';
import { type Context, callingAgent, readerOf, requireChain } from '../context.ts';
import { newId } from '../ids.ts';
import { readPage } from '../paging.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const agentHandlers: HandlersOf<IdsOf<'agents'>> = {
  'agents.register': async (context, { enrolmentToken, ...registration }) => {
    const workspace = enrolmentWorkspace(context, enrolmentToken);
    const did = callingDid(context);
    const agentId = newId(context.services.now());
    return context.commit((tx) => registerAgent(tx, { agentId, did, registration }), {
      workspace,
      actor: `agent:${agentId}`,
    });
  },
  'agents.get': async ({ read, workspace }, { agentId }) => {
    const agent = read.agents.getAnywhere(agentId);
    const isVisible = agent?.workspace === workspace || (agent?.isListed && agent.status === 'active');
    if (!agent || !isVisible)
      throw new BonafideError('NOT_FOUND', 'There is no such agent, or it is not listed.');
    return withSkills(read, toProfile(agent));
  },
  'agents.find': async (context, wanted) =>
    findAgents(readerOf(context), { wanted, nowMs: context.services.now() }),
  'agents.list': async ({ read, workspace }, { status, ...input }) => {
    const { items, ...rest } = readPage({
      input,
      read: ({ beyond, limit }) => read.agents.list({ workspace, status }, { before: beyond, limit }),
      keyOf: ({ agentId }) => agentId,
    });
    return { items: items.map((agent) => withSkills(read, agent)), ...rest };
  },
  'agents.update': async (context, input) => {
    const { agentId } = callingAgent(context);
    const change = await checkClaims(context, input);
    return context.commit((tx) => updateAgent(tx, { agentId, change }));
  },
  'agents.rotateKey': async (context, { newDid, proof }) => {
    const agent = callingAgent(context);
    await assertRotationProof(proof, { agent, newDid, nowMs: context.services.now() });
    return context.commit((tx) => rotateKey(tx, { agentId: agent.agentId, newDid }));
  },
  'agents.revoke': async (context, { agentId, reason }) => {
    const { principal } = context;
    return context.commit((tx) => {
      getAgent(tx, agentId);
      if (principal.kind === 'agent' && principal.agent.agentId !== agentId) {
        throw new BonafideError('FORBIDDEN', 'An agent can revoke only itself.');
      }
      return revokeAgent(tx, { agentId, reason });
    });
  },
};

function callingDid({ principal }: Context): string {
  if (principal.kind === 'key') return principal.did;
  if (principal.kind === 'agent') return principal.agent.did;
  throw new BonafideError('FORBIDDEN', 'Sign this request with the key that is to be registered.');
}

type Claims = Omit<ProfileChange, 'wallet'> & {
  readonly wallet?: { readonly address: string; readonly signature: string } | undefined;
};

/** Proves what is claimed about the chain before it is shown to anyone. */
async function checkClaims(context: Context, { wallet, ...change }: Claims): Promise<ProfileChange> {
  const { did, wallet: current } = callingAgent(context);
  if (wallet && !(await requireChain(context).isWalletSignature({ did, ...wallet }))) {
    throw new BonafideError('FORBIDDEN', 'The signature is not that of the wallet over its link message.');
  }
  const address = wallet?.address ?? current;
  const { chainAgentId } = change;
  if (chainAgentId !== undefined) await assertOwnsIdentity(context, { address, chainAgentId });
  return { ...change, wallet: wallet?.address };
}

async function assertOwnsIdentity(
  context: Context,
  { address, chainAgentId }: { address: string | undefined; chainAgentId: string },
): Promise<void> {
  if (address === undefined)
    throw new BonafideError('CONFLICT', 'Link a wallet first: the identity belongs to it.');
  if (await requireChain(context).ownsIdentity({ address, chainAgentId })) return;
  throw new BonafideError('FORBIDDEN', 'The wallet does not own this ERC-8004 identity.');
}
