import type { HandlersOf, IdsOf } from './types.ts';

export const gatewayHandlers: HandlersOf<IdsOf<'gateway'>> = {
  'gateway.getInfo': async ({ services, chain }) => ({
    name: 'bonafide-gateway',
    version: services.version,
    did: services.did,
    authority: services.authority(),
    enrolment: services.enrolment,
    ...(chain ? { chain: chain.info } : {}),
  }),
  'gateway.getHealth': async ({ services, chain }) => {
    const storage = services.store.isWritable() ? 'ok' : 'down';
    const parts = chain ? await chain.getHealth() : { chain: 'absent' as const };
    const isWell = storage === 'ok' && parts.chain !== 'down';
    return { status: isWell ? 'ok' : 'degraded', storage, ...parts };
  },
};
