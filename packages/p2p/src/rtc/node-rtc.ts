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
    createConnection: (settings, offer) => createConnection(polyfill, settings, offer),
  };
}

/**
 * The caller is the DTLS client, unless only the other side has a TURN server.
 *
 * libdatachannel 0.24 can deadlock, and blocks the process with the next call, where a DTLS server that sends through
 * TURN hears from its client before its own ICE is connected (its pull request 1630 mends that). One TURN allocation
 * serves both sides, so whoever has one is the client, and a server asks its TURN server for its address only. Without
 * TURN such a first packet gets lost, and comes again a second later: a third of the time when the caller is the server,
 * once in thirty times else.
 */
function createConnection(polyfill: Polyfill, settings: IceSettings, offer?: string): RTCPeerConnection {
  const { bindAddress, iceTransportPolicy = 'all' } = settings;
  const addresses = usableAddresses(settings);
  const hasTurn = addresses.some(({ isTurn }) => isTurn);
  const isServer = offer !== undefined && (isOfClient(offer) || !hasTurn);
  // Who may be reached through TURN alone has no choice.
  const usesTurn = !isServer || iceTransportPolicy === 'relay';
  const configuration = {
    iceServers: addresses.map(usesTurn ? toIceServer : toStunServer),
    iceTransportPolicy,
    ...(bindAddress === undefined ? {} : { bindAddress }),
  };
  // Its types differ from the standard ones in events that are not used here.
  const connection = new polyfill.RTCPeerConnection(configuration) as unknown as RTCPeerConnection;
  if (isServer) return answerAsServer(connection);
  return offer === undefined && hasTurn ? offerAsClient(connection) : connection;
}

// It answers as a client whatever is left open.
function answerAsServer(connection: RTCPeerConnection): RTCPeerConnection {
  const setRemoteDescription = connection.setRemoteDescription.bind(connection);
  return Object.assign(connection, {
    setRemoteDescription: ({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<void> =>
      setRemoteDescription({ type, sdp: asOfClient(sdp) }),
  });
}

function offerAsClient(connection: RTCPeerConnection): RTCPeerConnection {
  const createOffer = connection.createOffer.bind(connection);
  const setRemoteDescription = connection.setRemoteDescription.bind(connection);
  return Object.assign(connection, {
    async createOffer(): Promise<RTCSessionDescriptionInit> {
      const { type, sdp } = await createOffer();
      return { type, sdp: asOfClient(sdp ?? '') };
    },
    async setRemoteDescription(answer: RTCSessionDescriptionInit): Promise<void> {
      if (isOfServer(answer.sdp ?? '')) return setRemoteDescription(answer);
      throw new BonafideError('VALIDATION_FAILED', 'The peer did not take the part of the DTLS server.');
    },
  });
}

const asOfClient = (sdp: string): string => sdp.replace(/^a=setup:actpass/m, 'a=setup:active');
const isOfClient = (sdp: string): boolean => /^a=setup:active\s*$/m.test(sdp);
const isOfServer = (sdp: string): boolean => /^a=setup:passive\s*$/m.test(sdp);

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

function toStunServer({ url }: IceAddress): RTCIceServer {
  return { urls: url.replace(/^turn:/i, 'stun:').replace(/\?.*$/, '') };
}
