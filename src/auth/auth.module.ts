import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKey } from './api-keys/api-key.entity.js';
import { ApiKeysService } from './api-keys/api-keys.service.js';
import { AuthRows } from './auth.rows.js';
import { AuthGuard } from './guard/auth.guard.js';
import { Authenticator } from './guard/authenticator.js';
import { CredentialCache } from './guard/credential-cache.js';
import { RateLimiter } from './guard/rate-limiter.js';
import { PasswordCheck } from './passwords/password-check.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { SecurityEventsService } from './security-events/security-events.service.js';
import { SecurityAuthEvent, SecurityJournal } from './security-events/security-journal.js';
import { AccessTokens } from './sessions/access-tokens.js';
import { RefreshToken, SessionStore } from './sessions/session-store.js';
import { SessionsService } from './sessions/sessions.service.js';
import { AdminBootstrap } from './users/admin-bootstrap.js';
import { UserStore } from './users/user-store.js';
import { User } from './users/user.entity.js';
import { UsersService } from './users/users.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([ApiKey, RefreshToken, SecurityAuthEvent, User])],
  providers: [
    AuthRows,
    { provide: APP_GUARD, useClass: AuthGuard },
    AccessTokens,
    AdminBootstrap,
    ApiKeysService,
    Authenticator,
    CredentialCache,
    PasswordCheck,
    PasswordHasher,
    RateLimiter,
    SecurityEventsService,
    SecurityJournal,
    SessionsService,
    SessionStore,
    UserStore,
    UsersService,
  ],
  exports: [AdminBootstrap, Authenticator, RateLimiter],
})
export class AuthModule {}
