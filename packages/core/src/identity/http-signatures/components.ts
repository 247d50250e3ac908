import { refusal } from '../refusal.ts';
import type { HeaderReader } from './headers.ts';

/** What the derived components (RFC 9421 section 2.2) of a request are made from. */
export interface RequestTarget {
  readonly method: string;
  /** Host and port the client addressed: lower case, without a default port. */
  readonly authority: string;
  /** The request target as sent, such as `/v1/jobs?state=open`; of an absolute URL only path and query count. */
  readonly url: string;
}

/** The value of a component by its identifier, such as `@method` or `content-type`; undefined when it is absent. */
export type ComponentReader = (identifier: string) => string | undefined;

export function createComponentReader(request: RequestTarget, header: HeaderReader): ComponentReader {
  const { path, query } = splitTarget(request.url);
  return (identifier) => {
    if (identifier === '@method') return request.method;
    if (identifier === '@authority') return request.authority;
    if (identifier === '@path') return path;
    if (identifier === '@query') return query;
    if (identifier.startsWith('@')) throw refusal('unsupported-component', `Cannot check '${identifier}'.`);
    return header(identifier);
  };
}

// The bytes of a request target are signed as sent, so an origin form is split and never normalised.
function splitTarget(url: string): { path: string; query: string } {
  if (!url.startsWith('/')) {
    const absolute = URL.parse(url);
    if (!absolute) throw refusal('malformed', 'The request target is neither a path nor an absolute URL.');
    return { path: absolute.pathname, query: absolute.search || '?' };
  }
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '?' } : { path: url.slice(0, mark), query: url.slice(mark) };
}
