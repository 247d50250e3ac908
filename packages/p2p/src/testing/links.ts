import type { PeerMessage } from '@bonafide/core/models';
import { createLink } from '../link/create-link.ts';
import type { Link, LinkStream } from '../link/link.ts';
import { createMemoryPaths } from './memory-paths.ts';

export const linkId = 'link-0123456789abcdef';

export function createLinks(options: { maxQueuedBytes?: number } = {}): { here: Link; there: Link } {
  return {
    here: createLink({ linkId, isCaller: true, ...options }),
    there: createLink({ linkId, isCaller: false, ...options }),
  };
}

export function connect(
  links: { here: Link; there: Link },
  options?: Parameters<typeof createMemoryPaths>[0],
) {
  const paths = createMemoryPaths(options);
  links.here.attach(paths.here);
  links.there.attach(paths.there);
  return paths;
}

export const ping = (sequence: number): PeerMessage => ({ type: 'PING', id: `m${sequence}`, sequence });

/** Resolves once the condition holds, which is looked at after each turn. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

export function nextStream(link: Link): Promise<LinkStream> {
  return new Promise((resolve) => {
    link.onStream((stream) => {
      resolve(stream);
      return true;
    });
  });
}

export async function readAll(stream: LinkStream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream.readable) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

export const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

export async function count(stream: LinkStream, received: Map<string, number>): Promise<number> {
  let bytes = 0;
  for await (const chunk of stream.readable) {
    bytes += chunk.length;
    received.set(stream.label, bytes);
  }
  return bytes;
}
