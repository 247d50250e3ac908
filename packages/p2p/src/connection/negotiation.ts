import type { PeerMessageOf } from '@bonafide/core/models';

/** A candidate makes this side send packets to an address of the peer's choice, so there is an end to those of a description. */
const MAX_REMOTE_CANDIDATES = 64;

export type Candidate = PeerMessageOf<'ICE_CANDIDATE'>;
export type LocalCandidate = Omit<Candidate, 'id'>;

/**
 * Offer, answer and candidates of one RTCPeerConnection, in the order that every implementation takes: candidates of the
 * peer wait for its description, and whoever offers holds its own until the answer came; again at each restart, since an
 * implementation refuses candidates of credentials that it has not heard of.
 */
export class Negotiation {
  readonly #connection: RTCPeerConnection;
  readonly #onCandidate: (candidate: LocalCandidate) => void;
  readonly #remote: Candidate[] = [];
  #held: LocalCandidate[] | undefined = [];
  #remoteCount = 0;
  #hasRemote = false;

  constructor(connection: RTCPeerConnection, onCandidate: (candidate: LocalCandidate) => void) {
    this.#connection = connection;
    this.#onCandidate = onCandidate;
    connection.addEventListener('icecandidate', ({ candidate }) => this.#onLocal(toMessage(candidate)));
  }

  async createOffer(options: { readonly iceRestart?: boolean } = {}): Promise<string> {
    this.#held ??= [];
    const offer = await this.#connection.createOffer({ ...options });
    await this.#connection.setLocalDescription(offer);
    return sdpOf(offer);
  }

  async takeAnswer(sdp: string): Promise<void> {
    await this.#setRemote({ type: 'answer', sdp });
    this.release();
  }

  async answer(sdp: string): Promise<string> {
    this.#held ??= [];
    await this.#setRemote({ type: 'offer', sdp });
    const answer = await this.#connection.createAnswer();
    await this.#connection.setLocalDescription(answer);
    return sdpOf(answer);
  }

  /** The answer is there, or on its way: own candidates may follow. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const candidate of held) this.#onCandidate(candidate);
  }

  async addCandidate(candidate: Candidate): Promise<void> {
    this.#remoteCount += 1;
    if (this.#remoteCount > MAX_REMOTE_CANDIDATES) return;
    if (!this.#hasRemote) this.#remote.push(candidate);
    else await this.#add(candidate);
  }

  async #setRemote(description: RTCSessionDescriptionInit): Promise<void> {
    const { type, sdp } = description;
    await this.#connection.setRemoteDescription({ type, sdp: withoutCandidates(sdp ?? '') });
    this.#hasRemote = true;
    this.#remoteCount = 0;
    for (const candidate of this.#remote.splice(0)) await this.#add(candidate);
  }

  async #add({ candidate, sdpMid, sdpMLineIndex, usernameFragment }: Candidate): Promise<void> {
    if (candidate === null) return;
    const init = { candidate, sdpMid: sdpMid ?? null, sdpMLineIndex: sdpMLineIndex ?? null };
    try {
      await this.#connection.addIceCandidate(usernameFragment ? { ...init, usernameFragment } : init);
    } catch {
      // One address that this implementation cannot use is no reason to give the others up.
    }
  }

  #onLocal(candidate: LocalCandidate): void {
    if (this.#held) this.#held.push(candidate);
    else this.#onCandidate(candidate);
  }
}

function toMessage(candidate: RTCIceCandidate | null): LocalCandidate {
  // An empty candidate ends those of one generation; the end of all is null.
  if (!candidate?.candidate) return { type: 'ICE_CANDIDATE', candidate: null };
  const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
  return {
    type: 'ICE_CANDIDATE',
    candidate: candidate.candidate,
    sdpMid: sdpMid ?? null,
    sdpMLineIndex: sdpMLineIndex ?? null,
    ...(usernameFragment ? { usernameFragment } : {}),
  };
}

function sdpOf({ sdp }: RTCSessionDescriptionInit): string {
  return withoutCandidates(sdp ?? '');
}

/** Candidates come one by one, counted: some implementations fail, now and then, on a description that holds some. */
function withoutCandidates(sdp: string): string {
  return sdp.replace(/^a=(?:candidate:|end-of-candidates)[^\n]*(?:\n|$)/gm, '');
}
