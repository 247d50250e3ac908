import { selectTools, type ToolSelection } from '@bonafide/core/operations';
import type { Plugin } from '@elizaos/core';
import { createAction } from './action.ts';
import { identityProvider } from './identity-provider.ts';
import { BonafideService } from './service.ts';

/** The plugin with another choice of operations: whole toolsets, single ids, or only what reads. */
export function createBonafidePlugin(selection?: ToolSelection): Plugin {
  return {
    name: 'bonafide',
    description: 'A provable identity, permission before action, and paid jobs between agents',
    services: [BonafideService],
    actions: selectTools(selection).map(createAction),
    providers: [identityProvider],
  };
}

/** The plugin with the default operations. */
export const bonafidePlugin: Plugin = createBonafidePlugin();
