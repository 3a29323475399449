import ipaddr from 'ipaddr.js';

/**
 * All that IANA has given out of IPv6 for the Internet; outside of it lie, among others, `::7f00:1` and other ways to
 * write IPv4.
 */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];
/**
 * Addresses that their registry calls global but that answer only inside one cloud: Azure's metadata and DNS address.
 */
const INSIDE_A_CLOUD = new Set(['168.63.129.16']);

/**
 * Whether a packet to this address leaves for the public Internet. Everything else is refused: private, loopback,
 * link-local (the clouds' metadata), carrier-grade NAT, multicast, unspecified, documentation and reserved ranges,
 * and every IPv6 form that carries an IPv4 address inside (mapped, compatible, 6to4, Teredo, NAT64), for what it
 * carries cannot be told from the route. Ranges: the IANA special-purpose address registries, as ipaddr.js lists
 * them.
 * @param address an IPv4 or IPv6 address in its canonical text, as the resolver and `URL.hostname` give it
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address) || INSIDE_A_CLOUD.has(address)) return false;
  const parsed = ipaddr.parse(address);
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || (parsed as ipaddr.IPv6).match(GLOBAL_IPV6));
}
