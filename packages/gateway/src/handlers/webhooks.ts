import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

function notYet(): never {
  throw new BonafideError('UNSUPPORTED', 'Not built yet.');
}

export const webhookHandlers: HandlersOf<IdsOf<'webhooks'>> = {
  'webhooks.create': async () => notYet(),
  'webhooks.list': async () => notYet(),
  'webhooks.delete': async () => notYet(),
  'webhooks.listDeliveries': async () => notYet(),
  'webhooks.redeliver': async () => notYet(),
};
