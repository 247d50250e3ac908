import { BonafideError } from '@bonafide/core/errors';
import type { IceServer, IceSettings } from './rtc-provider.ts';

// RFC 7064 and RFC 7065; a host is a name, an IPv4 address, or an IPv6 address in brackets.
const iceUrl =
  /^(?<scheme>stuns?|turns?):(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?<port>\d{1,5}))?(?:\?transport=(?<transport>udp|tcp))?$/i;

/** One address of a STUN or TURN server, and what it takes to use it. */
export interface IceAddress {
  readonly url: string;
  readonly isTurn: boolean;
  /** Behind UDP only; the rest is for TLS and TCP. */
  readonly isUdp: boolean;
  readonly username: string | undefined;
  readonly credential: string | undefined;
}

/** Every address of the settings; throws VALIDATION_FAILED for what no implementation could use. */
export function parseIceAddresses({ iceServers = [], iceTransportPolicy }: IceSettings): IceAddress[] {
  const addresses = iceServers.flatMap((server, index) => parseServer(server, `iceServers.${index}`));
  if (iceTransportPolicy === 'relay' && !addresses.some(({ isTurn }) => isTurn)) {
    throw invalid('iceTransportPolicy', 'relay needs a TURN server: there would be no way to any peer.');
  }
  return addresses;
}

function parseServer(server: IceServer, path: string): IceAddress[] {
  const urls = typeof server.urls === 'string' ? [server.urls] : server.urls;
  if (urls.length === 0) throw invalid(`${path}.urls`, 'must name at least one address.');
  return urls.map((url) => parseAddress(url, { server, path }));
}

function parseAddress(url: string, { server, path }: { server: IceServer; path: string }): IceAddress {
  const groups = iceUrl.exec(url)?.groups;
  if (!groups || !isPort(groups.port)) {
    throw invalid(`${path}.urls`, 'must be stun:host:port, turn:host:port or turns:host:port.');
  }
  const scheme = groups.scheme?.toLowerCase() ?? '';
  const isTurn = scheme.startsWith('turn');
  const { username, credential } = server;
  if (isTurn && (!username || !credential)) {
    throw invalid(
      `${path}.${username ? 'credential' : 'username'}`,
      'is missing: a TURN server asks for it.',
    );
  }
  const isUdp = !scheme.endsWith('s') && groups.transport?.toLowerCase() !== 'tcp';
  return { url, isTurn, isUdp, username, credential };
}

function isPort(port: string | undefined): boolean {
  return port === undefined || (Number(port) > 0 && Number(port) <= 65_535);
}

// The message names the field, never its content: a URL or a credential may be a secret.
function invalid(path: string, message: string): BonafideError {
  return new BonafideError('VALIDATION_FAILED', `${path} ${message}`, { details: { path } });
}
