import { createRequire } from 'node:module';
import type * as PhoneNumbers from 'libphonenumber-js/max';
import { type Parsed, refused } from './parsed.js';

const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2028\u2029\u2800]/u;
const SHAPE = /^(tel:)?\s*\+?[\d\s().\-/\u2010-\u2015]{3,}((;ext=|\s*(ext|x)\.?\s*)\d{1,11})?$/i;

let library: typeof PhoneNumbers | undefined;
/** The numbering plans of all countries: read with the first number, as most starts need none. */
const phoneNumbers = (): typeof PhoneNumbers =>
  (library ??= createRequire(import.meta.url)('libphonenumber-js/max') as typeof PhoneNumbers);

/**
 * Reads a telephone number. With a country, or where it begins with `+` or `00`, it has to be a possible one and is
 * stored as E.164 (ITU): `+4930123456`. Without either nobody can tell, so its digits are kept.
 * @param country ISO 3166-1 alpha-2 of where it is dialled
 */
export function parsePhone(text: string, country: string | null = null): Parsed {
  if (text.length > 60) return refused('is longer than 60 characters');
  const trimmed = text.normalize('NFKC').trim();
  if (INVISIBLE.test(trimmed)) return refused('holds an invisible character');
  if (!SHAPE.test(trimmed)) return refused('is not a telephone number');
  const dialled = trimmed
    .replace(/^tel:\s*/i, '')
    .replace(/(;ext=|\s*(ext|x)\.?\s*)\d+$/i, '')
    .replace(/^00/, '+')
    .replace(/(?<=^\+.*)\(0\)/, '');
  const isInternational = dialled.startsWith('+');
  const known = country !== null && phoneNumbers().isSupportedCountry(country) ? country : undefined;
  if (!isInternational && !known) {
    const digits = dialled.replace(/\D/g, '');
    return digits.length < 3 || digits.length > 15
      ? refused('is not a telephone number')
      : digitsAlone(dialled, digits);
  }
  const number = phoneNumbers().parsePhoneNumberFromString(dialled, {
    ...(known && { defaultCountry: known }),
    extract: false,
  });
  if (!number?.isPossible()) return refused(`is not a number that can be dialled${known ? ` in ${known}` : ''}`);
  return { address: number.number, key: number.number };
}

/** The country of an international number, or null where it cannot be told. */
export function countryOfPhone(phone: string): PhoneNumbers.CountryCode | null {
  const number = phoneNumbers().parsePhoneNumberFromString(phone.normalize('NFKC').trim().replace(/^00/, '+'), {
    extract: false,
  });
  if (!number) return null;
  const possible = number.getPossibleCountries();
  return number.country ?? possible[0] ?? null;
}

const digitsAlone = (address: string, key: string): Parsed => ({ address, key });
