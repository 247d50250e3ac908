/** Offer, answer and candidates between two connections of this process; candidates wait for both descriptions. */
export async function negotiate(caller: RTCPeerConnection, callee: RTCPeerConnection): Promise<void> {
  const { promise: described, resolve } = Promise.withResolvers<void>();
  passCandidates({ from: caller, to: callee, described });
  passCandidates({ from: callee, to: caller, described });
  const offer = await caller.createOffer();
  await caller.setLocalDescription(offer);
  await callee.setRemoteDescription(offer);
  const answer = await callee.createAnswer();
  await callee.setLocalDescription(answer);
  await caller.setRemoteDescription(answer);
  resolve();
}

interface Candidates {
  readonly from: RTCPeerConnection;
  readonly to: RTCPeerConnection;
  readonly described: Promise<void>;
}

// Each as it comes: in Node a connection says that it has gathered all before it has told all.
function passCandidates({ from, to, described }: Candidates): void {
  from.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate) described.then(() => to.addIceCandidate(candidate));
  });
}
