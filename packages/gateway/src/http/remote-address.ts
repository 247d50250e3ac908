import { BlockList, isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { IncomingCall } from './exchange.ts';

/** The address a request came from: what a trusted proxy says, else the socket's. */
export type AddressOf = (call: Pick<IncomingCall, 'remoteAddress' | 'header'>) => string;

export function createAddressOf(trustedProxies: readonly string[]): AddressOf {
  const trusted = new BlockList();
  for (const entry of trustedProxies) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(prefix), family);
  }
  const isTrusted = (address: string) => {
    const family = isIP(address);
    return family !== 0 && trusted.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
  return (call) => {
    const socket = plain(call.remoteAddress ?? 'unknown');
    if (!isTrusted(socket)) return socket;
    const hops = (call.header('x-forwarded-for') ?? '').split(',').map((hop) => plain(hop.trim()));
    // From the right: everything left of the first hop we do not trust could be made up.
    return hops.findLast((hop) => isIP(hop) !== 0 && !isTrusted(hop)) ?? socket;
  };
}

const HEXTETS_OF_A_NETWORK = 4;

/**
 * What limits count by: an IPv4 address, or the /64 of an IPv6 one. One subscriber has all of a /64, so that limits by
 * single addresses would be none, and what remembers them would grow without end.
 */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const { parts } = ipaddr.IPv6.parse(address);
  return parts
    .slice(0, HEXTETS_OF_A_NETWORK)
    .map((part) => part.toString(16))
    .join(':');
}

function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
