/** Stands for several leads in the column by which erasure finds rows; such rows are looked through. */
export const SEVERAL_LEADS = '*';

const ADDRESS = /^db:\/\/leads\/([^/?#]+)/;

/**
 * The lead that JSON values name, as text that is kept about it has to be found again when the lead is erased; `*`
 * for several, null for none. What counts is a field `lead_id` or `lead_ids`, a subject of the type `lead`, and a
 * lead's address.
 */
export function leadNamedIn(...values: readonly unknown[]): string | null {
  const found = new Set<string>();
  for (const value of values) gather(value, found);
  if (found.size > 1) return SEVERAL_LEADS;
  return found.values().next().value ?? null;
}

/** How a lead's id is found in text as a word of its own. */
export function nameOfLead(leadId: string): RegExp {
  return new RegExp(`(?<![\\w-])${leadId.replace(/[^\w-]/g, '\\$&')}(?![\\w-])`, 'g');
}

function gather(value: unknown, found: Set<string>): void {
  if (typeof value === 'string') {
    const named = ADDRESS.exec(value)?.[1];
    if (named !== undefined) found.add(named);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const each of value) gather(each, found);
    return;
  }
  const fields = value as Record<string, unknown>;
  for (const [name, each] of Object.entries(fields)) {
    const isName = name === 'lead_id' || (name === 'subject_id' && fields.subject_type === 'lead');
    if (isName && typeof each === 'string') found.add(each);
    else if (name === 'lead_ids' && Array.isArray(each))
      for (const id of each) if (typeof id === 'string') found.add(id);
    gather(each, found);
  }
}
