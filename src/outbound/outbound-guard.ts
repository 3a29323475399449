import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { AllowedHosts } from './allowed-hosts.js';
import { isPublicAddress } from './public-address.js';

/** Why a call to an address that somebody else chose is not made. Trying again does not help. */
export class OutboundRefusal extends Error {}

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** An address that may be called, together with what its name stood for when that was decided. */
export interface CheckedTarget {
  readonly url: URL;
  readonly addresses: readonly ResolvedAddress[];
}

export type Resolve = (name: string) => Promise<readonly ResolvedAddress[]>;

const LONGEST_URL = 2_048;
/** Longer than a resolver takes to answer, shorter than a client waits. Milliseconds. */
const RESOLVE_MS = 5_000;
/** Below it live mail, remote shells and file shares, which a request can be made to speak to. */
const FIRST_FREE_PORT = 1_024;
const WEB_PORTS: ReadonlySet<string> = new Set(['', '80', '443']);

/**
 * Decides whether an address that a client gave may be called from inside the operator's network (against server-side
 * request forgery). A name passes only if every address behind it does; the caller connects to exactly those
 * addresses.
 */
@Injectable()
export class OutboundGuard {
  private readonly allowed: AllowedHosts;
  private readonly allowsHttp: boolean;

  constructor(settings: Settings) {
    this.allowed = new AllowedHosts(settings.outboundAllowedHosts);
    this.allowsHttp = settings.outboundAllowsHttp;
  }

  /** @throws OutboundRefusal for an address that must not be called; an error of the resolver where it cannot tell */
  async check(text: string, resolve: Resolve = resolveName): Promise<CheckedTarget> {
    const url = this.parse(text);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const isVouchedFor = this.allowed.hasName(host);
    const addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await inTime(resolve(host));
    if (addresses.length === 0) throw new OutboundRefusal(`the name ${host} has no address`);
    for (const { address } of addresses) {
      if (isVouchedFor || this.allowed.hasAddress(address) || isPublicAddress(address)) continue;
      throw new OutboundRefusal(`${host} is not on the public Internet`);
    }
    return { url, addresses };
  }

  private parse(text: string): URL {
    if (text.length > LONGEST_URL) throw new OutboundRefusal(`must have at most ${LONGEST_URL} characters`);
    if (!URL.canParse(text)) throw new OutboundRefusal('is not an absolute address');
    const url = new URL(text);
    if (url.protocol !== 'https:' && !(this.allowsHttp && url.protocol === 'http:')) {
      throw new OutboundRefusal(`must start with https://${this.allowsHttp ? ' or http://' : ''}`);
    }
    if (!WEB_PORTS.has(url.port) && Number(url.port) < FIRST_FREE_PORT)
      throw new OutboundRefusal(
        `must not lead to port ${url.port}: 80, 443 and those from ${FIRST_FREE_PORT} on may be called`,
      );
    if (url.username || url.password) throw new OutboundRefusal('must not hold a user name or password');
    return url;
  }
}

/** A resolver that says nothing must not hold up whoever asked. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`its name was not resolved within ${RESOLVE_MS / 1_000} seconds`)),
      RESOLVE_MS,
    );
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

async function resolveName(name: string): Promise<readonly ResolvedAddress[]> {
  return lookup(name, { all: true, verbatim: true });
}
