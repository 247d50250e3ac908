import { ValidationError } from '../errors.ts';
import { formatAddress } from '../models/address.ts';

/** Where a request to a service goes. */
export interface ServiceTarget {
  /** Canonical address, such as `sv::memory::default`, or `sv::memory` for any of its instances. */
  readonly to: string;
  /** With query. */
  readonly path: string;
}

/** Instead of a specifier: whichever instance is there. No address holds it. */
const ANY = '*';
const SV = /^sv:\/\/([^/?#]+)\/([^/?#]+)([/?][^#]*)?(?:#|$)/i;
const HTTP = /^https?:\/\/sv::([^/?#:]+)(?:::([^/?#:]+))?([/?][^#]*)?(?:#|$)/i;
/** Stands for the service where only a URL will do. */
const NOWHERE = 'http://service.invalid';

/**
 * Reads `sv://implementation/specifier/path`, with `*` as the specifier of any instance, or
 * `http://sv::implementation::specifier/path`. Parts that hold what a URL cannot are percent-encoded. VALIDATION_FAILED for
 * anything else.
 */
export function parseServiceUrl(text: string): ServiceTarget {
  const [, implementation, specifier, path = '/'] = SV.exec(text) ?? HTTP.exec(text) ?? [];
  if (implementation === undefined) throw malformed('it must look like sv://implementation/specifier/path');
  return { to: toAddress(decode(implementation), specifier && decode(specifier)), path: toPath(path) };
}

/** The URL that `parseServiceUrl` reads as this address and path. */
export function toServiceUrl(address: string, path: string): string {
  const [, implementation = '', specifier = ANY] = address.split('::');
  return `sv://${encodeURIComponent(implementation)}/${encodePart(specifier)}${path}`;
}

/** Path and query of a URL with any base, or with none. */
export function pathOf(url: string): string {
  const { pathname, search } = new URL(url, NOWHERE);
  return pathname + search;
}

/** The URL under which a service sees a path: its host means nothing. */
export function toRequestUrl(path: string): string {
  return NOWHERE + path;
}

function encodePart(part: string): string {
  return part === ANY ? part : encodeURIComponent(part);
}

function toAddress(implementation: string, specifier: string | undefined): string {
  return specifier === undefined || specifier === ANY
    ? formatAddress({ type: 'any-service', implementation })
    : formatAddress({ type: 'service', implementation, specifier });
}

function toPath(path: string): string {
  return pathOf(NOWHERE + (path.startsWith('?') ? `/${path}` : path));
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw malformed('its percent-encoding is broken');
  }
}

function malformed(why: string): ValidationError {
  return new ValidationError(`This is no URL of a service: ${why}.`, {
    issues: [{ path: 'url', message: why }],
  });
}
