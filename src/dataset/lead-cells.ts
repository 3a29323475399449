import { parseEmail, parsePhone } from '../addresses/index.js';
import { REGIONS } from '../vocabulary/index.js';
import { parseRegion } from '../zones/index.js';

type Reading = { readonly value: string } | { readonly refused: string };

export function readEmail(cell: string): Reading {
  const { address, refused } = parseEmail(cell);
  return address === undefined ? { refused } : { value: address };
}

/** A telephone number stays as it is written: files that are given out again hold what they held. */
export function readPhone(cell: string): Reading {
  const { address, refused } = parsePhone(cell);
  return address === undefined ? { refused } : { value: cell };
}

export function readRegion(cell: string): Reading {
  const region = parseRegion(cell);
  return region ? { value: region } : { refused: `must be one of ${REGIONS.join(', ')}` };
}
