import { describe, expect, it } from 'vitest';
import { FakeRtc } from '../testing/fake-rtc.ts';
import { type LocalCandidate, Negotiation } from './negotiation.ts';

const { provider } = new FakeRtc();
const settings = { iceServers: [] };

function begin() {
  const candidates: LocalCandidate[] = [];
  const connection = provider.createConnection(settings);
  return { candidates, negotiation: new Negotiation(connection, (candidate) => candidates.push(candidate)) };
}

const withCandidates = (sdp: string): string =>
  `${sdp}a=candidate:1 1 UDP 1 192.0.2.7 9 typ host\na=end-of-candidates`;

describe('a description', () => {
  it('says nothing of candidates: they come one by one', async () => {
    const [caller, callee] = [begin(), begin()];
    const offer = await caller.negotiation.createOffer();
    const answer = await callee.negotiation.answer(offer);
    for (const sdp of [offer, answer]) {
      expect(sdp).toMatch(/^v=0\r\na=fingerprint:sha-256 \d+\r\n/);
      expect(sdp).not.toContain('candidate');
    }
    await caller.negotiation.takeAnswer(answer);
    expect(caller.candidates).toMatchObject([{ candidate: expect.any(String) }, { candidate: null }]);
  });

  it('of a peer that holds some is taken without them', async () => {
    const [caller, callee] = [begin(), begin()];
    const offer = withCandidates(await caller.negotiation.createOffer());
    const answer = withCandidates(await callee.negotiation.answer(offer));
    await expect(caller.negotiation.takeAnswer(answer)).resolves.toBeUndefined();
  });
});
