import { createHash } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { CHANNEL, type Channel } from '../vocabulary/index.js';

/** Where a message on this channel would go, or null if the lead has no such address. */
export function addressFor(
  channel: Channel,
  lead: { readonly email: string | null; readonly phone: string | null },
): string | null {
  return lead[CHANNEL[channel].address]?.trim() || null;
}

/**
 * The form in which two spellings of one address are the same text. Emails: Unicode NFKC, lower case, domain in ASCII
 * (sub-addresses and dots stay, as they may be other people's). Phones: digits, a leading `+` or `00` as `+`, no
 * extension.
 */
export function normaliseAddress(address: string): string {
  const text = address.normalize('NFKC').trim();
  return text.includes('@') ? normaliseEmail(text) : normalisePhone(text);
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

function normaliseEmail(text: string): string {
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1).replace(/\.$/, '');
  return `${text.slice(0, at).toLowerCase()}@${domainToASCII(domain) || domain.toLowerCase()}`;
}

function normalisePhone(text: string): string {
  const number = text
    .replace(/^tel:/i, '')
    .replace(/(;ext=|\s*(ext|x)\.?\s*)\d+$/i, '')
    .replace(/\(0\)/, '');
  const digits = number.replace(/\D/g, '');
  if (number.trimStart().startsWith('+')) return `+${digits}`;
  return digits.startsWith('00') ? `+${digits.slice(2)}` : digits;
}
