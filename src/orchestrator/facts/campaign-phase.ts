import type { OptimizationFacts } from '../../agents/core/index.js';
import type { Campaigns } from '../../crm/index.js';
import type { Reader } from '../../database/index.js';

export type CampaignPhase = OptimizationFacts['campaign']['status'];

/** Whether a campaign runs, and the moment that this is said of. */
export interface PhaseAt {
  readonly phase: CampaignPhase;
  readonly asOf: string;
}

const DAY_MS = 86_400_000;
/** Reports come in with a delay; older ones are a history that was imported. */
const LIVE_WITHIN_DAYS = 2;
const LATE_WITHIN_DAYS = 7;

/**
 * Which phase each campaign is in. Where days are reported up to now, it is that of now. Where the reports end in
 * the past, the data is a history, and is judged as of its end: a campaign that still reported in its last week was
 * running then. One that starts after that end is no part of the history. Days on which Herald has only counted leads
 * of its own are no reports.
 */
export async function readCampaignPhases(face: Campaigns, reader: Reader, now: string): Promise<Map<string, PhaseAt>> {
  const campaigns = await face.terms(reader);
  const lastDays = campaigns.flatMap(({ last_day }) => last_day ?? []).sort();
  const lastDay = lastDays.at(-1);
  const isHistory = lastDay !== undefined && daysBetween(lastDay, now) > LIVE_WITHIN_DAYS;
  return new Map(
    campaigns.map((row) => {
      const own = row.last_day ?? undefined;
      const isRecent = own !== undefined && lastDay !== undefined && daysBetween(own, lastDay) <= LATE_WITHIN_DAYS;
      const isLater = lastDay !== undefined && row.start_date.slice(0, 10) > lastDay;
      const asOf = !isHistory || isLater ? now : isRecent ? `${own}T00:00:00.000Z` : `${lastDay}T23:59:59.999Z`;
      return [row.campaign_id, { asOf, phase: phaseAt(asOf, row.status, row.start_date, row.end_date) }];
    }),
  );
}

function phaseAt(asOf: string, status: string, start: string, end: string | null): CampaignPhase {
  if (status === 'paused') return 'paused';
  if (status === 'ended' || (end !== null && end < asOf)) return 'ended';
  return start.slice(0, 10) > asOf.slice(0, 10) ? 'planned' : 'active';
}

function daysBetween(earlier: string, later: string): number {
  return (Date.parse(later) - Date.parse(earlier)) / DAY_MS;
}
