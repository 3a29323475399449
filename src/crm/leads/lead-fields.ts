import { parseEmail, parsePhone } from '../../addresses/index.js';
import { invalid } from '../../errors/index.js';
import type { Reading } from '../../operations/index.js';
import { REGIONS } from '../../vocabulary/index.js';
import { parseCountry, parseRegion, parseTimeZone } from '../../zones/index.js';

export const ONE_OF_REGIONS = `One of ${REGIONS.join(', ')}, in any case or by its usual name`;

/** The readers of a lead's fields: one for each, at whichever door they come in. */
export const readRegion = (text: string): Reading =>
  orRefused(parseRegion(text), `must be one of: ${REGIONS.join(', ')}`);
export const readCountry = (text: string): Reading =>
  orRefused(parseCountry(text), 'must be a country, such as DE or Germany');
export const readTimeZone = (text: string): Reading =>
  orRefused(parseTimeZone(text), 'must be a time zone such as Europe/Berlin');

export function readEmail(text: string): Reading {
  const { address, refused } = parseEmail(text);
  return address === undefined ? { refused } : { value: address };
}

export function readPhone(text: string): Reading {
  const { address, refused } = parsePhone(text);
  return address === undefined ? { refused } : { value: address };
}

/**
 * A telephone number as it is dialled in the lead's country, where that is known.
 * @throws AppError invalid for what cannot be dialled there
 */
export function phoneInCountry<P extends string | null | undefined>(phone: P, country: string | null | undefined): P {
  if (!phone || !country || phone.startsWith('+')) return phone;
  const { address, refused } = parsePhone(phone, country);
  if (address === undefined) throw invalid('phone', refused);
  return address as P;
}

const orRefused = (value: string | undefined, reason: string): Reading =>
  value === undefined ? { refused: reason } : { value };
