import { Injectable } from '@nestjs/common';
import { Authenticator, RateLimiter, shownBy } from '../../../auth/index.js';
import { AppError, type HeraldRequest } from '../../../operations/index.js';

/** Who calls, and not too often: the same for every route of this door but the cards. Before the body is read. */
@Injectable()
export class A2aGuard {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly limiter: RateLimiter,
  ) {}

  /** @throws AppError unauthenticated or limit */
  async admit(request: HeraldRequest): Promise<void> {
    const found = await this.authenticator.authenticate(shownBy(request)).catch((error: unknown) => {
      if (error instanceof AppError) return error;
      throw error;
    });
    // strangers are counted too, so that guessing has its price
    this.limiter.count(found instanceof AppError ? { ip: request.ip } : found);
    if (found instanceof AppError) throw found;
    request.principal = found;
  }
}
