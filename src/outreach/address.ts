import { createHash } from 'node:crypto';
import { parseEmail, parsePhone } from '../addresses/index.js';
import type { Reading } from '../operations/index.js';
import { CHANNEL, type Channel } from '../vocabulary/index.js';

/** Where a message on this channel would go, or null if the lead has no address that can be used. */
export function addressFor(
  channel: Channel,
  lead: { readonly email: string | null; readonly phone: string | null },
): string | null {
  const kind = CHANNEL[channel].address;
  const text = lead[kind]?.trim();
  if (!text) return null;
  if (kind === 'email') return parseEmail(text).address ?? null;
  // rows of before numbers were checked go on as they are: the wire says what it takes
  return parsePhone(text).address ?? normaliseAddress(text);
}

/**
 * The form in which two spellings of one address are the same text (see `addresses`). What is no address, as old rows
 * may hold, keeps its digits, or else its small letters.
 */
export function normaliseAddress(address: string): string {
  const text = address.normalize('NFKC').trim();
  const read = text.includes('@') ? parseEmail(text) : parsePhone(text);
  const digits = text.replace(/(?!^\+)\D/g, '');
  return read.key ?? (/^\+?\d{3}/.test(digits) && !text.includes('@') ? digits : text.toLowerCase());
}

/** Reads what is given as an email address or telephone number. */
export function readAddress(text: string): Reading {
  if (!/[@\d]/.test(text)) return { refused: 'is neither an email address nor a telephone number' };
  const { key, refused } = /@|mailto:/i.test(text) ? parseEmail(text) : parsePhone(text);
  return key === undefined ? { refused } : { value: key };
}

/** SHA-256 of the normalised address, in hex: what suppressions and caps know an address by. */
export function hashAddress(address: string): string {
  return createHash('sha256').update(normaliseAddress(address)).digest('hex');
}

/** The hashes of a lead's addresses, by which its words are known. */
export function addressHashesOf(lead: { readonly email: string | null; readonly phone: string | null }): {
  readonly email_hash: string | null;
  readonly phone_hash: string | null;
} {
  const hashOf = (address: string | null): string | null => (address?.trim() ? hashAddress(address) : null);
  return { email_hash: hashOf(lead.email), phone_hash: hashOf(lead.phone) };
}
