import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Authenticator, RateLimiter } from '../../../auth/index.js';
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
    const { headers, ip } = request;
    const apiKey = headers['x-api-key'];
    const shown = { authorization: headers.authorization, apiKey: Array.isArray(apiKey) ? apiKey[0] : apiKey, ip };
    const found = await this.authenticator.authenticate(shown).catch((error: unknown) => {
      if (error instanceof AppError) return error;
      throw error;
    });
    // strangers are counted too, so that guessing has its price
    this.count(found instanceof AppError ? { ip } : found);
    if (found instanceof AppError) throw found;
    request.principal = found;
  }

  private count(caller: Principal | { ip: string }): void {
    const allowance = this.limiter.take(caller);
    if (allowance?.isAllowed === false) throw limited(`more than ${allowance.limit} requests a minute`, allowance.retryAfterSeconds);
  }
}

/** The headers that go with a refusal. */
export function tellRefusal(reply: FastifyReply, error: AppError): void {
  if (error.kind === 'unauthenticated') reply.header('WWW-Authenticate', 'Bearer realm="herald"');
  if (error.retryAfterSeconds !== undefined) reply.header('Retry-After', String(Math.max(1, Math.ceil(error.retryAfterSeconds))));
}
