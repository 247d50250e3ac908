import { platform } from '#platform';
import { PROTOCOL } from '../protocol/frames.ts';
import { SESSION_PATH } from '../protocol/handshake.ts';
import type { SessionSettings } from './settings.ts';
import type { Wire, WireEvents } from './wire.ts';

/** Opens the WebSocket of a session. */
export async function openSocketWire(
  { transport, tls }: SessionSettings,
  { events, signal }: { readonly events: WireEvents; readonly signal: AbortSignal },
): Promise<Wire> {
  const url = new URL(SESSION_PATH.slice(1), transport.url);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return platform.openSocket(url, { protocol: PROTOCOL, tls, events, signal });
}
