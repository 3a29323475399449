import { COMMON_PASSWORDS } from './common-passwords.js';

export const PASSWORD_MIN_LENGTH = 12;
/** Argon2 takes any length; the limit keeps one request from costing much to hash. */
export const PASSWORD_MAX_LENGTH = 200;

/**
 * Why a new password is not good enough, or undefined where it is. Length counts for more than kinds of characters
 * (NIST SP 800-63B 5.1.1.2), so there are no rules about digits and symbols.
 */
export function passwordWeakness(password: string, email: string): string | undefined {
  const length = [...password].length;
  if (length < PASSWORD_MIN_LENGTH) return `must have at least ${PASSWORD_MIN_LENGTH} characters`;
  if (length > PASSWORD_MAX_LENGTH) return `must have at most ${PASSWORD_MAX_LENGTH} characters`;
  const plain = password.toLowerCase();
  const address = email.toLowerCase();
  if (plain === address || plain === address.split('@')[0]) return 'must not be the email address';
  if (new Set(plain).size < 4) return 'must not repeat the same few characters';
  if (COMMON_PASSWORDS.has(stripped(plain))) return 'is one of the most common passwords';
  return undefined;
}

/** "Password-1234!" and "password1234" are one password to whoever guesses. */
function stripped(password: string): string {
  return password.replace(/[^a-z0-9]/g, '');
}
