import { invalid } from '../errors/index.js';
import { type Principal, hasScope } from '../operations/index.js';
import { LIVE_EVENT_TYPES, type LiveEvent } from './live-event.js';

export interface EventWish {
  /** Types, separated by commas; `handoff.*` is all of a kind. Every type when left out. */
  types?: string | undefined;
  /** Only events about this id, or that name it in their data. */
  subject?: string | undefined;
}

/**
 * What one caller gets of the stream: what it asked for, as far as it holds the scopes.
 * @throws AppError invalid for a type that there is not
 */
export function eventFilter({ types, subject }: EventWish, principal: Principal): (event: LiveEvent) => boolean {
  const wanted =
    types === undefined || types.trim() === ''
      ? undefined
      : new Set(types.split(',').flatMap((each) => typesNamed(each.trim())));
  return (event) =>
    (wanted === undefined || wanted.has(event.type)) &&
    (subject === undefined || event.subject_id === subject || Object.values(event.data).includes(subject)) &&
    hasScope(principal, event.scope);
}

function typesNamed(name: string): string[] {
  const named = LIVE_EVENT_TYPES.filter(
    (type) => type === name || (name.endsWith('.*') && type.startsWith(name.slice(0, -1))),
  );
  if (named.length === 0)
    throw invalid('types', `"${name.slice(0, 50)}" is no type of event; there are ${LIVE_EVENT_TYPES.join(', ')}`);
  return named;
}
