import type { OptimizationFacts } from '../../agents/core/index.js';
import type { Campaigns } from '../../crm/index.js';
import type { Reader } from '../../database/index.js';

export type CampaignPhase = OptimizationFacts['campaign']['status'];

/** Which phase each campaign is in at a moment. */
export async function readCampaignPhases(
  face: Campaigns,
  reader: Reader,
  at: string,
): Promise<Map<string, CampaignPhase>> {
  const campaigns = await face.terms(reader);
  return new Map(
    campaigns.map(({ campaign_id, status, start_date, end_date }) => [
      campaign_id,
      phaseAt(at, status, start_date, end_date),
    ]),
  );
}

function phaseAt(at: string, status: string, start: string, end: string | null): CampaignPhase {
  if (status === 'paused') return 'paused';
  if (status === 'ended' || (end !== null && end < at)) return 'ended';
  return start.slice(0, 10) > at.slice(0, 10) ? 'planned' : 'active';
}
