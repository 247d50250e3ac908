import type { Client } from '../client/types.ts';
import { BonafideError, ValidationError } from '../errors.ts';
import { fromBase64, fromUtf8, toBase64, toUtf8 } from '../identity/bytes.ts';
import { fromCid, toCid } from '../models/cid.ts';
import type { Content, Deliverable } from './types.ts';

type Artifacts = Pick<Client, 'artifacts'>;

interface Stoppable {
  readonly signal?: AbortSignal | undefined;
}

/** Fetches an artifact; the client has checked the bytes against the CID. */
export async function fetchContent(
  { artifacts }: Artifacts,
  cid: string,
  { signal }: Stoppable = {},
): Promise<Content> {
  const { content, mediaType } = await artifacts.get({ cid }, { signal });
  const bytes = new Uint8Array(fromBase64(content));
  return {
    cid,
    digest: fromCid(cid),
    mediaType,
    bytes,
    text: () => fromUtf8(bytes),
    json: () => parseJson(fromUtf8(bytes)),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = 'is no JSON';
    throw new ValidationError(`The content ${message}.`, { cause, issues: [{ path: '', message }] });
  }
}

/** Fetches the artifact with this digest, wherever a stranger's URI points; throws NOT_FOUND without one. */
export function fetchByDigest(
  client: Artifacts,
  digest: string | undefined,
  options?: Stoppable,
): Promise<Content> {
  if (digest === undefined) throw new BonafideError('NOT_FOUND', 'The job has no such content.');
  return fetchContent(client, toCid(digest), options);
}

/** Stores what a role hands in, so that anybody who knows its hash can read it. */
export async function storeContent(
  { artifacts }: Artifacts,
  deliverable: Deliverable,
  { signal }: Stoppable = {},
): Promise<{ readonly cid: string; readonly digest: string }> {
  const { bytes, mediaType } = toBytes(deliverable);
  const { cid, digest } = await artifacts.put(
    { content: toBase64(bytes), mediaType, visibility: 'public' },
    { signal },
  );
  return { cid, digest };
}

function toBytes(deliverable: Deliverable): { readonly bytes: Uint8Array; readonly mediaType: string } {
  if (typeof deliverable === 'string') return { bytes: toUtf8(deliverable), mediaType: 'text/plain' };
  if (deliverable instanceof Uint8Array) return { bytes: deliverable, mediaType: 'application/octet-stream' };
  if ('bytes' in deliverable) return deliverable;
  return { bytes: toUtf8(JSON.stringify(deliverable.json)), mediaType: 'application/json' };
}
