import { AppError } from '../errors/index.js';
import { IntNum, Str } from './fields.js';

export const DEFAULT_PAGE = 50;
export const MAX_PAGE = 500;

/** What every list request can ask for; lists add their filters. */
export class ListRequest {
  @IntNum({ optional: true, min: 1, max: MAX_PAGE, default: DEFAULT_PAGE, description: 'How many at most' })
  limit?: number;

  @Str({ optional: true, max: 1000, description: 'The `next_cursor` of the page before' })
  cursor?: string;
}

/** For lists whose rows a client completes by the beginning of their id: letters, digits and `_ . : -`. */
export const ID_PREFIX = {
  optional: true,
  min: 1,
  max: 100,
  pattern: /^[\w.:-]+$/,
  description: 'Only those whose id begins with this',
} as const;

/** The answer of an operation that has nothing to say but that it is done. */
export class DoneResponse {}

/**
 * Optimistic locking: compares an If-Match header with the row's version.
 * @throws AppError precondition when the row has moved on
 */
export function checkVersion(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const tags = ifMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (tags.includes(`"${version}"`)) return;
  throw new AppError(
    'precondition',
    'version_moved',
    `If-Match: the current version is "${version}"; read it again before changing it`,
  );
}
