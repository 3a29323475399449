import { isIP } from 'node:net';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Settings } from '../../../config/index.js';
import { AppError, unauthenticated } from '../../../errors/index.js';
import { type HeraldRequest, OperationBus } from '../../../operations/index.js';

/**
 * After the general guard, which has read the credentials: a request from elsewhere is refused first, then one
 * without a valid token.
 */
@Injectable()
export class McpGuard implements CanActivate {
  constructor(
    private readonly settings: Settings,
    private readonly operations: OperationBus,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers, principal } = context.switchToHttp().getRequest<HeraldRequest>();
    const refusal = refusalOf({ host: headers.host, origin: headers.origin }, this.settings);
    if (refusal !== undefined) {
      // somebody's good token, used by a page that should not have it
      if (principal) this.operations.noteRefusal(principal, 'mcp', 'mcp:source');
      throw new AppError('forbidden', 'foreign_source', refusal);
    }
    if (!principal)
      throw unauthenticated('send an access token or an API key as "Authorization: Bearer …"; none in the address');
    return true;
  }
}

type Allowed = Pick<Settings, 'publicUrl' | 'mcpHosts' | 'mcpOrigins'>;

/**
 * Why a request must not be served by where it comes from; undefined if it may. A page that an attacker has made
 * point at this server (DNS rebinding) names its own host, so only names that are ours pass; an IP address cannot be
 * rebound.
 */
export function refusalOf(
  { host, origin }: { host?: string | undefined; origin?: string | undefined },
  allowed: Allowed,
): string | undefined {
  const name = hostNameOf(`http://${host ?? ''}`);
  if (name === undefined || !isOurs(name, allowed))
    return 'Host: is none of this server; HERALD_MCP_HOSTS or HERALD_PUBLIC_URL would allow it';
  if (origin === undefined || allowed.mcpOrigins.includes(origin.toLowerCase())) return undefined;
  const page = hostNameOf(origin);
  if (page !== undefined && (isLoopback(page) || page === name || page === hostNameOf(allowed.publicUrl)))
    return undefined;
  return 'Origin: pages of this origin may not use this endpoint; HERALD_MCP_ORIGINS would allow it';
}

function isOurs(name: string, { publicUrl, mcpHosts }: Allowed): boolean {
  return (
    isLoopback(name) ||
    isIP(name.replace(/^\[|\]$/g, '')) !== 0 ||
    name === hostNameOf(publicUrl) ||
    mcpHosts.includes(name)
  );
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127\./.test(name);
}

/** Undefined for what is no address, the opaque origin `null` among it. */
function hostNameOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).hostname || undefined : undefined;
}
