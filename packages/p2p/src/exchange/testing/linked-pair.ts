import { toDid } from '@bonafide/core/identity';
import type { LinkedPeer, PeerIdentity } from '../../connection/connector.ts';
import { createLink } from '../../link/create-link.ts';
import { createMemoryPaths } from '../../testing/memory-paths.ts';

/** Two ends of one link, each with who is at the other end. */
export interface LinkedPair extends Disposable {
  /** The requester's end. */
  readonly here: LinkedPeer;
  /** The provider's end. */
  readonly there: LinkedPeer;
  /** Loses the path, and finds another. */
  replacePath(): void;
  cut(): void;
}

export const requester: PeerIdentity = identityOf(1);
export const provider: PeerIdentity = identityOf(2);

interface Ends {
  readonly requester: PeerIdentity;
  readonly provider: PeerIdentity;
}

export function createLinkedPair(ends: Ends = { requester, provider }): LinkedPair {
  const linkId = 'a-link-of-two-ends';
  const here = { identity: ends.provider, link: createLink({ linkId, isCaller: true }) };
  const there = { identity: ends.requester, link: createLink({ linkId, isCaller: false }) };
  let paths = createMemoryPaths();
  const attach = (): void => {
    here.link.attach(paths.here);
    there.link.attach(paths.there);
  };
  attach();
  return {
    here,
    there,
    cut: () => paths.cut(),
    replacePath() {
      paths.cut();
      paths = createMemoryPaths();
      attach();
    },
    [Symbol.dispose]() {
      here.link.close();
      there.link.close();
    },
  };
}

function identityOf(number: number): PeerIdentity {
  const agentId = `0193f0a0-0000-7000-8000-00000000000${number}`;
  return { did: toDid(new Uint8Array(32).fill(number)), agentId, workspace: 'default' };
}
