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
