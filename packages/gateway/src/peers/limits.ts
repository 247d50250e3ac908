/** What one session may ask for, and what its reader may leave untaken. */
export interface PeerLimits {
  /** Signals of one session: each costs the check of a signature. */
  readonly signals: { readonly perSecond: number; readonly burst: number };
  /** Queued bytes of a reader beyond which it gets no signals. */
  readonly signalQueueBytes: number;
  /** The same for sealed packets; lower, so that they never keep signals out. */
  readonly relayQueueBytes: number;
  /** Agents that signalled a peer and may be answered by it, whether or not it may find them; and those it takes packets of. */
  readonly contacts: number;
  /** Targets of one session whose reachability is remembered. */
  readonly targets: number;
  /** How long another gateway has to say that it handed a signal on. */
  readonly answerMs: number;
}

export const defaultPeerLimits: PeerLimits = {
  signals: { perSecond: 100, burst: 200 },
  signalQueueBytes: 2_097_152,
  relayQueueBytes: 1_048_576,
  contacts: 1_000,
  targets: 1_000,
  answerMs: 5_000,
};
