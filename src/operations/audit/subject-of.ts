/** What a call was about. */
export interface Subject {
  readonly kind: string;
  readonly id: string;
}

/** Of a field such as `lead_id`. */
const ID = /^(\w+)_id$/;
/** Ids that say where a call came from or belongs, not what it is about. */
const NEVER = new Set(['event', 'request', 'decision', 'principal']);
/** Nouns of operations whose rows go by another name. */
const ALIASES: Readonly<Record<string, string>> = {
  auth: 'user',
  mmm: 'session',
  inbox: 'escalation',
  // what is remembered is about a lead, and goes with it
  memory: 'lead',
};

/**
 * The row that a call was about: that of the operation's own noun (`lead.triage`: the `lead_id`), from what was asked
 * or answered, or else the first id of what was asked. Null where there is none, or several.
 */
export function subjectOf(operation: string, request: object, response: object): Subject | null {
  const [noun = ''] = operation.split('.', 1);
  const kind = ALIASES[noun] ?? noun;
  const own = textIn(request, `${kind}_id`) ?? textIn(response, `${kind}_id`);
  if (own !== undefined) return { kind, id: own };
  for (const name of Object.keys(request)) {
    const named = ID.exec(name)?.[1];
    const id = named === undefined || NEVER.has(named) ? undefined : textIn(request, name);
    if (id !== undefined) return { kind: named!, id };
  }
  return null;
}

function textIn(value: object, name: string): string | undefined {
  const found = (value as Record<string, unknown>)[name];
  return typeof found === 'string' && found !== '' ? found : undefined;
}
