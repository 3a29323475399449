import type { Lead, LeadChanges } from '../../crm/index.js';
import type { Inverse } from '../../decisions/index.js';

/** The inverse of a change of a lead: the fields that it really changed, what they were and what they became. */
export function restoring(lead: Lead, changes: LeadChanges): Inverse {
  const names = (Object.keys(changes) as (keyof LeadChanges)[]).filter((name) => changes[name] !== lead[name]);
  return {
    type: 'lead.restore',
    lead_id: lead.lead_id,
    before: Object.fromEntries(names.map((name) => [name, lead[name]])),
    expects: Object.fromEntries(names.map((name) => [name, changes[name]])),
  };
}
