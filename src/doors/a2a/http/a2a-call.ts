import { ServerCallContext } from '@a2a-js/sdk/server';
import { Injectable } from '@nestjs/common';
import { Authenticator, RateLimiter, shownBy, type ShownCredentials } from '../../../auth/index.js';
import { AppError } from '../../../errors/index.js';
import type { HeraldRequest, Principal } from '../../../operations/index.js';

export interface A2aCallChoice {
  readonly principal: Principal;
  readonly credentials: ShownCredentials;
  readonly requestId: string;
  /** 1.0 or 0.3. */
  readonly version: string;
  /** The number of the last event that the client has, where it comes back for the rest. */
  readonly lastEventSeq: number | undefined;
}

/** The SDK's call context with what this server knows of a call. */
export class A2aCall extends ServerCallContext {
  readonly principal: Principal;
  readonly credentials: ShownCredentials;
  readonly requestId: string;
  readonly lastEventSeq: number | undefined;
  /** The number of the event that a stream has just given out; undefined for one that has none. */
  streamedSeq: number | undefined;
  private readonly over = new AbortController();

  constructor({ principal, credentials, requestId, version, lastEventSeq }: A2aCallChoice) {
    super({ requestedVersion: version, user: { isAuthenticated: true, userName: principal.id } });
    this.principal = principal;
    this.credentials = credentials;
    this.requestId = requestId;
    this.lastEventSeq = lastEventSeq;
  }

  /** Aborted when nobody waits for the answer any more. */
  get signal(): AbortSignal {
    return this.over.signal;
  }

  /** What the client is to be told about why the call ended before its time; undefined where it hung up itself. */
  get endedBecause(): AppError | undefined {
    return this.over.signal.reason instanceof AppError ? this.over.signal.reason : undefined;
  }

  /** Lets go of the call: the client has gone, or `because` is what it is told. */
  end(because?: AppError): void {
    this.over.abort(because);
  }
}

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
