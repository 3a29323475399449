import { createHash, randomBytes } from 'node:crypto';

/** A random secret of 256 bits behind a prefix by which people and scanners recognise what leaked. */
export function newOpaqueToken(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** SHA-256 in hex. Enough for secrets that are random themselves; passwords go through `PasswordHasher`. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
