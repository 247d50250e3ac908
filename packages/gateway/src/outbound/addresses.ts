import ipaddr from 'ipaddr.js';

/** Which addresses may be called. */
export interface AddressRules {
  /** Lets through this machine and private networks. Link-local stays closed: cloud metadata lives there. */
  readonly allowPrivateAddresses: boolean;
}

const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  'loopback',
  'private',
  'uniqueLocal',
  'carrierGradeNat',
]);
// What IANA gave out as global unicast; ipaddr.js also calls unassigned space unicast, such as ::/96 with an IPv4 inside.
const GLOBAL_V6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an IP address may be called: global unicast, and none that stands for another address (IPv4-mapped, NAT64,
 * 6to4, Teredo), so that every detour into a private network is closed.
 */
export function isAllowedAddress(address: string, { allowPrivateAddresses }: AddressRules): boolean {
  // A zone names an interface of this machine.
  if (address.includes('%')) return false;
  const parsed = parse(address);
  if (!parsed) return false;
  const range = parsed.range();
  if (range === 'unicast') return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_V6);
  return allowPrivateAddresses && PRIVATE_RANGES.has(range);
}

function parse(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address);
  return ipaddr.IPv6.isValid(address) ? ipaddr.IPv6.parse(address) : undefined;
}
