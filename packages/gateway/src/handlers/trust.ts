import { BonafideError, ValidationError } from '@bonafide/core/errors';
import { getAgent } from '../agents/agents.ts';
import { type Context, readerOf } from '../context.ts';
import { NUMBERS, readPage } from '../paging.ts';
import { giveFeedback } from '../trust/feedback.ts';
import { presentPoint } from '../trust/present.ts';
import { readTrust } from '../trust/read.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const trustHandlers: HandlersOf<IdsOf<'trust'>> = {
  'trust.get': async (context, { agentId = ownId(context), detailed = false }) => {
    return readTrust(readerOf(context), { agentId, detailed, nowMs: context.services.now() });
  },
  'trust.history': async (context, { agentId, ...input }) => {
    const { read, workspace } = context;
    getAgent(readerOf(context), agentId);
    const { items, ...rest } = readPage({
      input,
      read: ({ beyond, limit }) => {
        const before = beyond === undefined ? undefined : Number(beyond);
        return read.trustHistory.list({ workspace, id: agentId }, { before, limit });
      },
      keyOf: ({ position }) => String(position),
      keys: NUMBERS,
    });
    return { items: items.map(presentPoint), ...rest };
  },
  'trust.giveFeedback': async (context, opinion) => {
    assertPerson(context);
    return context.commit((tx) => giveFeedback(tx, opinion));
  },
};

function ownId({ principal }: Context): string {
  if (principal.kind === 'agent') return principal.agent.agentId;
  throw new ValidationError('Say whose trust score.', {
    issues: [{ path: 'agentId', message: 'is needed: only an agent has a score of its own' }],
  });
}

// What a machine thinks is not what users think, whoever made its token.
function assertPerson({ principal }: Context): void {
  if (principal.kind === 'token' && principal.member) return;
  throw new BonafideError('FORBIDDEN', 'Only a person can give feedback.');
}
