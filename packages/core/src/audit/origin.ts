import { fromDid } from '../identity/did.ts';
import { refusal } from '../identity/refusal.ts';

/** The name of a workspace's log, which is also the name of the key that signs it. */
export function originOf(gatewayDid: string, workspace: string): string {
  return `${gatewayDid}/${workspace}`;
}

/** Whose log it is; refuses what is no name of a log. */
export function parseOrigin(origin: string): {
  readonly gatewayDid: string;
  readonly workspace: string;
  readonly publicKey: Uint8Array;
} {
  const slash = origin.indexOf('/');
  const gatewayDid = origin.slice(0, Math.max(slash, 0));
  const workspace = origin.slice(slash + 1);
  if (workspace === '' || /[\s+]/u.test(workspace)) throw malformed(origin);
  return { gatewayDid, workspace, publicKey: fromDid(gatewayDid) };
}

function malformed(origin: string): Error {
  return refusal('malformed', `'${origin}' names no log: expected <DID of the gateway>/<workspace>.`);
}
