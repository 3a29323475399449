import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Authenticator, RateLimiter, type ShownCredentials } from '../../../auth/index.js';
import { AppError, type HeraldRequest, type Principal, limited } from '../../../operations/index.js';

/** Who calls, and not too often: the same for every route of this door but the cards. Before the body is read. */
@Injectable()
export class A2aGuard {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly limiter: RateLimiter,
  ) {}

  /** @throws AppError unauthenticated or limit */
  async admit(request: HeraldRequest): Promise<void> {
    const found = await this.authenticator.authenticate(credentialsOf(request)).catch((error: unknown) => {
      if (error instanceof AppError) return error;
      throw error;
    });
    // strangers are counted too, so that guessing has its price
    this.count(found instanceof AppError ? { ip: request.ip } : found);
    if (found instanceof AppError) throw found;
    request.principal = found;
  }

  private count(caller: Principal | { ip: string }): void {
    const allowance = this.limiter.take(caller);
    if (allowance?.isAllowed === false)
      throw limited(`more than ${allowance.limit} requests a minute`, allowance.retryAfterSeconds);
  }
}

export function credentialsOf({ headers, ip }: HeraldRequest): ShownCredentials {
  const apiKey = headers['x-api-key'];
  return { authorization: headers.authorization, apiKey: Array.isArray(apiKey) ? apiKey[0] : apiKey, ip };
}

/** The headers that go with a refusal. */
export function tellRefusal(reply: FastifyReply, error: AppError): void {
  if (error.kind === 'unauthenticated') reply.header('WWW-Authenticate', 'Bearer realm="herald"');
  if (error.retryAfterSeconds !== undefined)
    reply.header('Retry-After', String(Math.max(1, Math.ceil(error.retryAfterSeconds))));
}
