import { type CanActivate, type CustomDecorator, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { AppError, limited, unauthenticated } from '../../errors/index.js';
import type { HeraldRequest, Principal } from '../../operations/index.js';
import { Authenticator, shownBy } from './authenticator.js';
import { type Allowance, RateLimiter } from './rate-limiter.js';

export const PUBLIC = 'herald:public';

/** A route that anybody may call. Credentials that come along are still read, and ignored where they are not valid. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);

export const UNLIMITED = 'herald:unlimited';

/** A route that the rate limit does not count: health and metrics must answer when everything else is refused. */
export const Unlimited = (): CustomDecorator => SetMetadata(UNLIMITED, true);

/** Stands before every HTTP route: who calls, and not too often. What they may do the operations decide. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly limiter: RateLimiter,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // the other doors authenticate when a connection opens; a handler that Nest would guard has come here by mistake
    if (context.getType() !== 'http') throw unauthenticated('this way in does not take credentials');
    const http = context.switchToHttp();
    const request = http.getRequest<HeraldRequest>();
    const isPublic = this.hasMark(context, PUBLIC);
    const found = await this.identify(request, isPublic);
    const caller = found instanceof AppError || !found ? { ip: request.ip } : found;
    const allowance = this.hasMark(context, UNLIMITED) ? undefined : this.limiter.take(caller);
    if (allowance) this.tell(http.getResponse<FastifyReply>(), allowance);
    if (found instanceof AppError) throw found;
    if (found) request.principal = found;
    return true;
  }

  private hasMark(context: ExecutionContext, mark: string): boolean {
    return (
      this.reflector.getAllAndOverride<boolean | undefined>(mark, [context.getHandler(), context.getClass()]) ?? false
    );
  }

  /** The principal, or the error to answer with; undefined for a stranger on a public route. */
  private async identify(request: HeraldRequest, isPublic: boolean): Promise<Principal | AppError | undefined> {
    const credentials = shownBy(request);
    if (isPublic && credentials.authorization === undefined && credentials.apiKey === undefined) return undefined;
    try {
      return await this.authenticator.authenticate(credentials);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return isPublic ? undefined : error;
    }
  }

  /** The RateLimit fields of draft-ietf-httpapi-ratelimit-headers-10. */
  private tell(reply: FastifyReply, { isAllowed, limit, remaining, retryAfterSeconds, resetSeconds }: Allowance): void {
    reply.header('RateLimit-Policy', `"requests";q=${limit};w=60`);
    reply.header('RateLimit', `"requests";r=${remaining};t=${resetSeconds}`);
    if (!isAllowed) throw limited(`more than ${limit} requests a minute`, retryAfterSeconds);
  }
}
