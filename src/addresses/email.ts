import { domainToASCII } from 'node:url';
import emailAddresses from 'email-addresses';
import isemail from 'isemail';
import { type Parsed, refused } from './parsed.js';

const { parseAddressList } = emailAddresses;

/** In UTF-16 units: names and comments go along; the address alone is at most 254. */
const LONGEST = 320;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2028\u2029\u2800]/u;
const OUTER_SPACE = /^[ \t\r\n]+|[ \t\r\n]+$/g;
/** Nothing that a bare address could mean otherwise. */
const BARE = /^[^\s@,;:<>()"[\]\\]+@[^\s@,;:<>()"[\]\\]+$/;

/**
 * Takes the one email address out of a text such as `Ada <ada@example.com>`, `mailto:ada@example.com?subject=Hi` or
 * `ada@example.com,`. The key of two spellings of one address is the same; sub-addresses and dots stay, as they may be
 * other people's.
 */
export function parseEmail(text: string): Parsed {
  if (/\p{Surrogate}/u.test(text)) return refused('holds characters that are broken');
  if (text.length > LONGEST) return refused(`is longer than ${LONGEST} characters`);
  const trimmed = text.replace(OUTER_SPACE, '');
  if (INVISIBLE.test(trimmed)) return refused('holds an invisible character');
  const bare = trimmed
    .replace(/^mailto:/i, '')
    .replace(/\?.*$/s, '')
    .replace(/[\s,;]+$/, '');
  const mailbox = BARE.test(bare) ? bare : mailboxIn(bare);
  if (mailbox === null) return refused('is not one email address');
  const at = mailbox.lastIndexOf('@');
  const local = mailbox.slice(0, at).normalize('NFC');
  const domain = domainToASCII(mailbox.slice(at + 1));
  if (local.startsWith('"')) return refused('needs quotes before the @, which mail programs read in different ways');
  if (domain === '' || /_|^\[|\.\d+$|^\d+$/.test(domain)) return refused('has no domain of the internet after the @');
  const address = `${local}@${domain}`;
  // 0 is an address; what would only be deliverable in some places is more
  if (isemail.validate(address, { errorLevel: true, minDomainAtoms: 2 }) !== 0)
    return refused('is not an email address');
  return { address, key: address.toLowerCase() };
}

/** The address of `Name <address>`, or of whatever else RFC 5322 lets one mailbox be. */
function mailboxIn(text: string): string | null {
  const named = /^([^@<>]*)<([^<>]+)>$/.exec(text);
  const input = named ? named[2]!.trim() : text;
  if (BARE.test(input)) return input;
  const found = parseAddressList({ input, rfc6532: true });
  const [only] = found ?? [];
  return found?.length === 1 && only?.type === 'mailbox' ? only.address : null;
}
