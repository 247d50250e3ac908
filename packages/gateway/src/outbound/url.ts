import { isIP } from 'node:net';
import { ValidationError } from '@bonafide/core/errors';
import { type AddressRules, isAllowedAddress } from './addresses.ts';

export interface UrlRules extends AddressRules {
  readonly allowHttp: boolean;
}

const FIRST_UNPRIVILEGED_PORT = 1024;
const WEB_PORTS: ReadonlySet<number> = new Set([80, 443]);

/**
 * A URL somebody gave us to call, checked as far as it can be without resolving its name. The URL parser has turned
 * decimal, octal and hexadecimal spellings of an IPv4 address into the usual one by then.
 */
export function parseOutboundUrl(text: string, rules: UrlRules): URL {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw refused('must be an https URL');
  }
  if (url.protocol === 'http:' && !rules.allowHttp) {
    throw refused('must be an https URL; the operator of this gateway does not allow http');
  }
  if (url.username !== '' || url.password !== '') throw refused('must not hold a user name or password');
  // Mail, SSH and the like listen below; a port above is somebody's own choice.
  const port = Number(url.port);
  if (port !== 0 && port < FIRST_UNPRIVILEGED_PORT && !WEB_PORTS.has(port)) {
    throw refused(`must use port 80, 443 or one from ${FIRST_UNPRIVILEGED_PORT} on`);
  }
  const host = hostOf(url);
  if (isIP(host) !== 0 && !isAllowedAddress(host, rules)) throw refusedAddress();
  return url;
}

/** Name or address, an IPv6 one without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/** Says neither which address it was nor in which network: that would be a map of what the gateway can see. */
export function refusedAddress(): ValidationError {
  return refused('leads to an address that this gateway does not call');
}

function refused(message: string): ValidationError {
  return new ValidationError(`The URL ${message}.`, { issues: [{ path: 'url', message }] });
}
