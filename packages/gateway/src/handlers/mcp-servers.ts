import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

function notYet(): never {
  throw new BonafideError('UNSUPPORTED', 'Not built yet.');
}

export const mcpServerHandlers: HandlersOf<IdsOf<'mcpServers'>> = {
  'mcpServers.pin': async () => notYet(),
  'mcpServers.report': async () => notYet(),
  'mcpServers.attest': async () => notYet(),
  'mcpServers.approveChange': async () => notYet(),
  'mcpServers.get': async () => notYet(),
  'mcpServers.list': async () => notYet(),
};
