import { BonafideError } from '@bonafide/core/errors';
import { type IceAddress, parseIceAddresses } from './ice-settings.ts';
import type { IceSettings, RtcProvider } from './rtc-provider.ts';

type Polyfill = Pick<typeof import('node-datachannel/polyfill'), 'RTCPeerConnection'>;

const load = (): Promise<Polyfill> => import('node-datachannel/polyfill');

/** WebRTC for Node, which has none: the optional dependency `node-datachannel`; UNSUPPORTED without it. */
export async function loadRtcProvider(loadPolyfill: () => Promise<Polyfill> = load): Promise<RtcProvider> {
  const polyfill = await loadPolyfill().catch((cause: unknown) => {
    throw new BonafideError(
      'UNSUPPORTED',
      'Node has no WebRTC: install node-datachannel (0.33.4 or later) beside @bonafide/p2p. It is optional, so it is ' +
        'missing where optional dependencies were left out or where there is no build for this platform.',
      { details: { reason: 'no-webrtc' }, cause },
    );
  });
  return {
    name: 'node-datachannel',
    // Its restartIce throws, and createOffer answers once only: a lost connection is replaced.
    canRestartIce: false,
    createConnection: (settings) => createConnection(polyfill, settings),
  };
}

function createConnection(polyfill: Polyfill, settings: IceSettings): RTCPeerConnection {
  const { bindAddress } = settings;
  const configuration = {
    iceServers: usableAddresses(settings).map(toIceServer),
    iceTransportPolicy: settings.iceTransportPolicy ?? 'all',
    ...(bindAddress === undefined ? {} : { bindAddress }),
  };
  // Its types differ from the standard ones in events that are not used here.
  return new polyfill.RTCPeerConnection(configuration) as unknown as RTCPeerConnection;
}

// Its ICE speaks UDP only and passes over other TURN servers with a warning in a log that nobody reads.
function usableAddresses(settings: IceSettings): IceAddress[] {
  const addresses = parseIceAddresses(settings);
  const usable = addresses.filter(({ isUdp }) => isUdp);
  if (addresses.some(({ isTurn }) => isTurn) && !usable.some(({ isTurn }) => isTurn)) {
    throw new BonafideError('UNSUPPORTED', 'Node reaches TURN servers over UDP only: add `turn:host:port`.', {
      details: { reason: 'turn-transport' },
    });
  }
  return usable;
}

// The polyfill pastes both into a URL, and TURN user names contain colons (`expiry:user`).
function toIceServer({ url, username, credential }: IceAddress): RTCIceServer {
  if (!username || !credential) return { urls: url };
  return { urls: url, username: encodeURIComponent(username), credential: encodeURIComponent(credential) };
}
