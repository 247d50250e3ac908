import { base64, hex } from '@scure/base';
import { BonafideError } from '../errors.ts';
import { sha256 } from '../identity/sha256.ts';
import type { Artifact } from '../models/artifact.ts';
import { toCid } from '../models/cid.ts';

type Content = Pick<Artifact, 'cid'> & { readonly content: string };

/** Refuses content that is not what its CID names, so a gateway cannot swap it. */
export function checkContent(asked: string, received: Content): void {
  const bytes = base64.decode(received.content);
  const cid = toCid(`0x${hex.encode(sha256(bytes))}`);
  if (cid === asked && received.cid === asked) return;
  throw new BonafideError('INTERNAL', `The gateway returned other bytes than ${asked} names.`, {
    details: { reason: 'content-mismatch', cid: asked },
  });
}
