import { createSecretKey, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { WallClock, Settings, newId } from '../../config/index.js';
import { readOrCreateSecret } from '../secrets.js';
import type { UserRole } from '../scopes.js';

export const ACCESS_TOKEN_SECONDS = 15 * 60;
const ISSUER = 'herald';
const AUDIENCE = 'herald-api';
const ALGORITHM = 'HS256';

export interface AccessClaims {
  /** The user. */
  readonly sub: string;
  /** The session: the family of refresh tokens that the token came with. */
  readonly sid: string;
  readonly role: UserRole;
  readonly scopes: readonly string[];
  /** The user's token_version when the token was made. */
  readonly ver: number;
}

export interface VerifiedClaims extends AccessClaims {
  /** Seconds since 1970. */
  readonly exp: number;
}

/** Why a token was not accepted; the reason is for the security journal, callers hear only that it is not valid. */
export class AccessTokenError extends Error {
  constructor(readonly reason: 'expired' | 'invalid') {
    super(`access token is ${reason}`);
  }
}

/**
 * Signs and checks access tokens: HS256 and nothing else, for 15 minutes. The signing secret is HERALD_JWT_SECRET, or
 * else made at the first start and kept in the data folder; processes that share a database need the same one.
 */
@Injectable()
export class AccessTokens {
  private readonly jwt: JwtService;

  constructor(
    settings: Settings,
    private readonly clock: WallClock,
  ) {
    const secret = settings.jwtSecret ?? readOrCreateSecret(settings.dataDir, 'jwt-secret', newSigningSecret).value;
    this.jwt = new JwtService({
      // a key object is taken as it is; text is first tried as a public key, which takes twenty times as long as the
      // check itself
      secret: createSecretKey(Buffer.from(secret)),
      signOptions: { algorithm: ALGORITHM, issuer: ISSUER, audience: AUDIENCE },
      verifyOptions: { algorithms: [ALGORITHM], issuer: ISSUER, audience: AUDIENCE },
    });
  }

  sign(claims: AccessClaims): string {
    return this.jwt.sign({ ...claims, iat: this.nowSeconds(), jti: newId('jwt') }, { expiresIn: ACCESS_TOKEN_SECONDS });
  }

  /** @throws AccessTokenError */
  verify(token: string): VerifiedClaims {
    try {
      return this.jwt.verify<VerifiedClaims>(token, { clockTimestamp: this.nowSeconds() });
    } catch (error) {
      throw new AccessTokenError((error as Error).name === 'TokenExpiredError' ? 'expired' : 'invalid');
    }
  }

  private nowSeconds(): number {
    return Math.floor(this.clock.now().getTime() / 1000);
  }
}

function newSigningSecret(): string {
  return randomBytes(32).toString('base64url');
}
