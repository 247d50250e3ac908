import { BonafideError } from '@bonafide/core/errors';
import { type IceAddress, parseIceAddresses } from './ice-settings.ts';
import type { IceSettings, RtcProvider } from './rtc-provider.ts';

/** The WebRTC of the browser; UNSUPPORTED where there is none, as in most workers. */
export async function loadRtcProvider(): Promise<RtcProvider> {
  if (typeof globalThis.RTCPeerConnection !== 'function') {
    throw new BonafideError(
      'UNSUPPORTED',
      'There is no WebRTC here: open peers in the page, not in a worker, or give a provider as `rtc`.',
      { details: { reason: 'no-webrtc' } },
    );
  }
  return { name: 'browser', canRestartIce: true, createConnection };
}

function createConnection(settings: IceSettings): RTCPeerConnection {
  const iceServers = parseIceAddresses(settings).map(toIceServer);
  return new RTCPeerConnection({ iceServers, iceTransportPolicy: settings.iceTransportPolicy ?? 'all' });
}

function toIceServer({ url, username, credential }: IceAddress): RTCIceServer {
  return username && credential ? { urls: url, username, credential } : { urls: url };
}
