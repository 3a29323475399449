import type { LeadFacts } from '../../agents/core/index.js';
import type { Lead } from '../../crm/index.js';
import type { FactSources } from './facts-view.js';

/** What agents may know of a lead's own row: nothing that says who the person is. */
export function leadFacts(lead: Lead): LeadFacts {
  return {
    lead_id: lead.lead_id,
    created_at: lead.created_at,
    source: lead.source,
    campaign_id: lead.campaign_id,
    lead_status: lead.lead_status,
    company_size: lead.company_size,
    industry: lead.industry,
    persona: lead.persona,
    region: lead.region,
    preferred_channel: lead.preferred_channel,
    gdpr_consent: lead.gdpr_consent,
    last_active_at: lead.last_active_at,
  };
}

/** The campaigns of leads, each once. */
export function campaignsOf(leads: readonly Lead[]): string[] {
  return [...new Set(leads.flatMap(({ campaign_id }) => campaign_id ?? []))];
}

/** The rows of leads: those that are held already, and the others read. */
export async function leadsFor({ reader, faces, held }: FactSources, ids: readonly string[]): Promise<Lead[]> {
  const wanted = new Set(ids);
  const leads = (held.leads ?? []).filter(({ lead_id }) => wanted.delete(lead_id));
  return wanted.size === 0 ? leads : [...leads, ...(await faces.leads.find(reader, [...wanted]))];
}

/** One after the other: what is asked for each goes through the unit, which takes one statement at a time. */
export async function inTurn<A, B>(items: readonly A[], make: (item: A) => Promise<B>): Promise<B[]> {
  const made: B[] = [];
  for (const item of items) made.push(await make(item));
  return made;
}
