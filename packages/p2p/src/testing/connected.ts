import type { Connector, LinkedPeer, Violation } from '../connection/connector.ts';
import { createConnector } from '../connection/create-connector.ts';
import type { PeersSettings } from '../network/options.ts';
import type { FakeRtc } from './fake-rtc.ts';
import type { Seat, SignalSwitch } from './signal-switch.ts';

export interface Side {
  readonly seat: Seat;
  readonly did: string;
  readonly connector: Connector;
  readonly linked: LinkedPeer[];
  readonly violations: Violation[];
  readonly errors: unknown[];
}

export interface SideOptions extends Partial<Omit<PeersSettings, 'rtc'>> {
  readonly rtc: FakeRtc;
  readonly now?: () => number;
  readonly canRestartIce?: boolean;
}

/** An agent at the switch whose connections are made of `rtc`. */
export function openSide(
  seat: Seat,
  { rtc, now, canRestartIce = rtc.provider.canRestartIce, ...settings }: SideOptions,
): Side {
  const errors: unknown[] = [];
  const connector = createConnector({
    session: seat.session,
    signer: seat.signer,
    settings: {
      iceServers: [],
      accept: 'workspace',
      allowsRelay: false,
      connectTimeoutMs: 10_000,
      resumeTimeoutMs: 20_000,
      ...settings,
      rtc: { ...rtc.provider, canRestartIce },
    },
    now,
    onError: (error) => void errors.push(error),
    parts: { openDirectPath: rtc.openDirectPath, assertFingerprint: () => undefined },
  });
  const side: Side = { seat, did: seat.signer.did, connector, linked: [], violations: [], errors };
  connector.onLinked((peer) => void side.linked.push(peer));
  connector.onViolation((violation) => void side.violations.push(violation));
  return side;
}

/** Two agents, the first with the DID that sorts lower: the polite one. */
export function sitTwo(signals: SignalSwitch): readonly [polite: Seat, impolite: Seat] {
  const seats = [signals.sit(), signals.sit()] as const;
  const [a, b] = seats;
  return a.signer.did < b.signer.did ? [a, b] : [b, a];
}
