import type { Agent, PeerNetwork } from '@bonafide/core';
import { BonafideError } from '@bonafide/core/errors';

const PACKAGE = '@bonafide/p2p';

/** Brings WebRTC, a native module, which most users of this server never need: it is there when it was installed beside it. */
export async function openPeers(agent: Agent): Promise<PeerNetwork> {
  const { openPeers: open } = await load();
  return open(agent);
}

async function load(): Promise<typeof import('@bonafide/p2p')> {
  try {
    return await import('@bonafide/p2p');
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new BonafideError(
      'UNSUPPORTED',
      `Peers need ${PACKAGE}, which is not installed beside this server: start it with npx -y -p @bonafide/mcp -p ${PACKAGE} bonafide-mcp.`,
      { cause },
    );
  }
}

/** That package itself, not something that it wants. */
function isMissing(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('code' in cause)) return false;
  return cause.code === 'ERR_MODULE_NOT_FOUND' && cause.message.includes(`'${PACKAGE}'`);
}
