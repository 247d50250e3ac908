import { ValidationError } from '../errors.ts';
import type { RemoteOperation, StreamOperation } from '../operations/define.ts';

/** A request before authentication. */
export interface PlainRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: string | undefined;
}

/** Puts a validated input on the wire: path fields into the path, the rest into the query (GET) or a JSON body. */
export function toRequest(
  { http }: RemoteOperation | StreamOperation,
  { baseUrl, input }: { readonly baseUrl: URL; readonly input: Readonly<Record<string, unknown>> },
): PlainRequest {
  const rest = { ...input };
  const path = http.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    delete rest[name];
    return toPathSegment(name, input[name]);
  });
  const url = new URL(path.slice(1), baseUrl);
  if (http.method !== 'GET') return { method: http.method, url, body: JSON.stringify(rest) };
  for (const [name, value] of Object.entries(rest)) appendQuery(url.searchParams, name, value);
  return { method: http.method, url, body: undefined };
}

function toPathSegment(name: string, value: unknown): string {
  const segment = String(value ?? '');
  // These three would name another resource once the URL is normalised.
  if (segment === '' || segment === '.' || segment === '..') {
    throw new ValidationError(`'${segment}' cannot be the ${name} of a path.`, {
      issues: [{ path: name, message: 'cannot be used in a path' }],
    });
  }
  return encodeURIComponent(segment);
}

function appendQuery(query: URLSearchParams, name: string, value: unknown): void {
  if (value === undefined) return;
  for (const item of Array.isArray(value) ? value : [value]) query.append(name, String(item));
}
