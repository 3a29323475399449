import ipaddr from 'ipaddr.js';

type Cidr = [ipaddr.IPv4 | ipaddr.IPv6, number];

/**
 * The hosts that an operator vouches for although they are not public: names (`hooks.internal`), addresses
 * (`10.1.2.3`) and ranges (`10.0.0.0/8`).
 */
export class AllowedHosts {
  private readonly names = new Set<string>();
  private readonly ranges: Cidr[] = [];

  /** @throws TypeError for an entry that is none of the three */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      if (ipaddr.isValidCIDR(entry)) this.ranges.push(ipaddr.parseCIDR(entry));
      else if (ipaddr.isValid(entry)) this.ranges.push(hostRange(entry));
      else if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(entry)) this.names.add(entry.toLowerCase());
      else throw new TypeError(`"${entry}" is not a host name, an address or a range`);
    }
  }

  hasName(name: string): boolean {
    return this.names.has(name.toLowerCase().replace(/\.$/, ''));
  }

  hasAddress(address: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.parse(address);
    return this.ranges.some(([range, bits]) => parsed.kind() === range.kind() && parsed.match([range, bits] as never));
  }
}

function hostRange(address: string): Cidr {
  const parsed = ipaddr.parse(address);
  return [parsed, parsed.kind() === 'ipv4' ? 32 : 128];
}
