import type { CryptoBackend } from '@bonafide/core/identity';
import type { Services } from '../context.ts';
import { createMessaging } from '../messages/messaging.ts';
import { createPeers } from '../peers/extension.ts';
import { createProxy } from '../proxy/extension.ts';
import type { SessionExtension } from './session.ts';

/** Each part of the gateway that speaks frames of its own, one line each. */
export function createExtensions(services: Services, backend: CryptoBackend): readonly SessionExtension[] {
  return [createMessaging(services), createProxy(services), createPeers(services, { backend })];
}
