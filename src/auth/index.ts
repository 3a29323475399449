export { AuthModule } from './auth.module.js';
export { PUBLIC, Public, Unlimited } from './guard/auth.guard.js';
export { Authenticator, type ShownCredentials, shownBy } from './guard/authenticator.js';
export { type Allowance, RateLimiter } from './guard/rate-limiter.js';
export { ROLES, SCOPES, scopesOfRole, type Scope, type UserRole } from './scopes.js';
export { readOrCreateSecret } from './secrets.js';
export { SECURITY_TABLES } from './security-events/security-journal.js';
export { AdminBootstrap, type FirstAdmin } from './users/admin-bootstrap.js';
