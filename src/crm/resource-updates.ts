import type { NewLiveEvent } from '../live-events/index.js';

/** A row at an address of the resource port was made, changed or removed: for whoever subscribes to the address. */
export const leadUpdated = (lead_id: string): NewLiveEvent =>
  updated(`db://leads/${lead_id}`, 'leads:read', { lead_id });
export const campaignUpdated = (campaign_id: string): NewLiveEvent =>
  updated(`db://campaigns/${campaign_id}`, 'campaigns:read', { campaign_id });
export const interactionAdded = (interaction_id: string, lead_id: string | null): NewLiveEvent =>
  updated(`db://interactions/${interaction_id}`, 'leads:read', { interaction_id, lead_id });

function updated(uri: string, scope: string, data: Record<string, unknown>): NewLiveEvent {
  return { type: 'resource.updated', subject_kind: 'resource', subject_id: uri, scope, data };
}
