import type { OnBehalf } from '../grants/on-behalf.ts';
import type { Place } from '../sessions/place.ts';
import type { HeaderList } from './heads.ts';

/** How many services may call each other in a row. */
export const MAX_DEPTH = 8;

/** Of one connection (RFC 9110 section 7.6.1), and there is none behind a session; bodies are framed anew. */
const hopByHop: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te'],
  ...['trailer', 'transfer-encoding', 'upgrade', 'http2-settings'],
]);
const requestOnly: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'expect',
  'forwarded',
  'x-real-ip',
]);
const identities = ['bonafide-', 'x-bonafide-', 'x-auth-', 'x-forwarded-'];
const OUR_TOKEN = /^\s*bearer\s+bft_/i;
const OUR_SIGNATURE = /tag="bonafide"/;

/** What a service gets of a caller's headers: nothing that says who the caller is, and no credential of ours. */
export function toServiceHeaders(headers: HeaderList): HeaderList {
  const isOurs = headers.some(
    ([name, value]) => canonical(name) === 'signature-input' && OUR_SIGNATURE.test(value),
  );
  return withoutConnection(headers).filter(([given, value]) => {
    const name = canonical(given);
    if (requestOnly.has(name) || isIdentity(name)) return false;
    if (isOurs && (name === 'signature' || name === 'signature-input')) return false;
    return name !== 'authorization' || !OUR_TOKEN.test(value);
  });
}

/** What a caller gets of a service's headers. */
export function toCallerHeaders(headers: HeaderList): HeaderList {
  return withoutConnection(headers).filter(([name]) => !canonical(name).startsWith('bonafide-'));
}

/** What the gateway knows of the caller, in place of what the caller said. */
export function identityHeaders({
  caller,
  onBehalf,
  requestId,
  depth,
}: {
  readonly caller: Place;
  readonly onBehalf?: OnBehalf | undefined;
  readonly requestId: string;
  readonly depth: number;
}): HeaderList {
  const all: [string, string | undefined][] = [
    ['bonafide-caller', caller.name],
    ['bonafide-actor', caller.actor],
    ['bonafide-workspace', caller.workspace],
    ['bonafide-on-behalf-of', onBehalf?.address],
    ['bonafide-request-id', requestId],
    ['bonafide-depth', String(depth)],
  ];
  return all.flatMap(([name, value]) => (value === undefined ? [] : [[name, toAscii(value)]]));
}

/** How many services lie before this request, as those who pass their headers on say. */
export function depthOf(headers: HeaderList): number {
  const given = headers.find(([name]) => canonical(name) === 'bonafide-depth')?.[1] ?? '';
  return /^\d{1,4}$/.test(given) ? Number(given) + 1 : 1;
}

function withoutConnection(headers: HeaderList): HeaderList {
  const named = headers
    .filter(([name]) => canonical(name) === 'connection')
    .flatMap(([, value]) =>
      value
        .toLowerCase()
        .split(',')
        .map((each) => each.trim()),
    );
  const dropped = new Set([...hopByHop, ...named]);
  return headers.filter(([name]) => !dropped.has(canonical(name)));
}

function isIdentity(name: string): boolean {
  return identities.some((prefix) => name.startsWith(prefix));
}

/** Servers that follow CGI read both spellings as one. */
function canonical(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/** Percent-encodes what a header cannot hold: names of principals may be of any script. */
function toAscii(value: string): string {
  return value.replace(/[^\x21-\x7e]|%/gu, (character) => encodeURIComponent(character));
}
