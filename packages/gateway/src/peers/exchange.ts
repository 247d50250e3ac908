import type { CryptoBackend } from '@bonafide/core/identity';
import type { Services } from '../context.ts';
import { createGeneration, type Generation } from '../messages/routes.ts';
import type { PeerLimits } from './limits.ts';
import { createRegistry, type Registry } from './registry.ts';
import { createSwitchboard, type Switchboard } from './switchboard.ts';
import { createVoice, type Voice } from './voice.ts';

/** What all sessions of a gateway share that have peers. */
export interface Exchange {
  readonly services: Services;
  readonly backend: CryptoBackend;
  readonly limits: PeerLimits;
  readonly registry: Registry;
  readonly switchboard: Switchboard;
  readonly voice: Voice;
  readonly generation: Generation;
}

export function createExchange(
  services: Services,
  { backend, limits }: { readonly backend: CryptoBackend; readonly limits: PeerLimits },
): Exchange {
  const voice = createVoice(services);
  const registry = createRegistry(services, voice);
  const switchboard = createSwitchboard(services, { registry, limits });
  const generation = createGeneration(services);
  return { services, backend, limits, registry, switchboard, voice, generation };
}
