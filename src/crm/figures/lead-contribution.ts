import { marks, type Reader } from '../../database/index.js';
import { GOOD_OUTCOMES, sqlWords } from '../../vocabulary/index.js';

/**
 * The figures that count distinct leads. A lead is in each under at most one key, or, by what it was in touch with,
 * under several. Their short names stand in each lead's row.
 */
export const LEAD_FIGURE = {
  /** By source, industry and company size: leads, and those that converted. */
  group: 'g',
  groupConverted: 'gc',
  /** By campaign and persona. */
  campaignPersona: 'cp',
  campaignPersonaConverted: 'cpc',
  /** By persona and channel: leads that were in touch, and those that answered well. */
  personaChannel: 'pc',
  personaChannelWell: 'pcw',
  variant: 'v',
  variantWell: 'vw',
  /** By campaign and channel of what was tracked. */
  campaignChannel: 'cc',
  campaignChannelWell: 'ccw',
} as const;

/** Counted under a figure's key, as `figure:key`. */
type Place = string;

interface LeadRow {
  readonly source: string | null;
  readonly industry: string | null;
  readonly company_size: string | null;
  readonly persona: string | null;
  readonly campaign_id: string | null;
  readonly converted: boolean;
}

interface TouchRow {
  readonly channel: string;
  readonly variant_id: string | null;
  readonly campaign_id: string | null;
  readonly well: boolean;
}

/** Where a lead is counted. What was tracked counts for variants and campaigns also where the lead itself is gone. */
export function contributionOf(lead: LeadRow | undefined, touches: readonly TouchRow[]): Place[] {
  const places = new Set<Place>();
  const add = (figure: string, ...key: (string | null)[]) => places.add(`${figure}:${JSON.stringify(key)}`);
  if (lead) {
    const { source, industry, company_size, persona, campaign_id, converted } = lead;
    add(LEAD_FIGURE.group, source, industry, company_size);
    if (converted) add(LEAD_FIGURE.groupConverted, source, industry, company_size);
    if (campaign_id !== null && persona !== null) {
      add(LEAD_FIGURE.campaignPersona, campaign_id, persona);
      if (converted) add(LEAD_FIGURE.campaignPersonaConverted, campaign_id, persona);
    }
  }
  for (const { channel, variant_id, campaign_id, well } of touches) {
    if (lead) add(LEAD_FIGURE.personaChannel, lead.persona, channel);
    if (lead && well) add(LEAD_FIGURE.personaChannelWell, lead.persona, channel);
    if (variant_id !== null) add(LEAD_FIGURE.variant, variant_id);
    if (variant_id !== null && well) add(LEAD_FIGURE.variantWell, variant_id);
    if (campaign_id !== null) add(LEAD_FIGURE.campaignChannel, campaign_id, channel);
    if (campaign_id !== null && well) add(LEAD_FIGURE.campaignChannelWell, campaign_id, channel);
  }
  return [...places].sort();
}

/** Where up to some hundred leads are to be counted as they stand now; those that are nowhere are absent. */
export async function readContributions(reader: Reader, leadIds: readonly string[]): Promise<Map<string, Place[]>> {
  if (leadIds.length === 0) return new Map();
  const leads = await reader.query(
    `SELECT lead_id, source, industry, company_size, persona, campaign_id,
       EXISTS (SELECT 1 FROM conversions c WHERE c.lead_id = leads.lead_id) AS converted
     FROM leads WHERE lead_id IN (${marks(leadIds)})`,
    leadIds,
  );
  const touches = await reader.query(
    `SELECT lead_id, channel, variant_id, campaign_id,
       MAX(CASE WHEN outcome IN ${sqlWords(GOOD_OUTCOMES)} THEN 1 ELSE 0 END) AS well
     FROM interactions WHERE lead_id IN (${marks(leadIds)}) AND NOT is_machine
     GROUP BY lead_id, channel, variant_id, campaign_id`,
    leadIds,
  );
  const leadById = new Map(leads.map((row) => [String(row.lead_id), { ...row, converted: Boolean(row.converted) }]));
  const touchesById = new Map<string, TouchRow[]>();
  for (const row of touches) {
    const touch = { ...row, well: Number(row.well) === 1 } as unknown as TouchRow;
    const known = touchesById.get(String(row.lead_id));
    if (known) known.push(touch);
    else touchesById.set(String(row.lead_id), [touch]);
  }
  const found = new Map<string, Place[]>();
  for (const id of leadIds) {
    const places = contributionOf(leadById.get(id) as LeadRow | undefined, touchesById.get(id) ?? []);
    if (places.length > 0) found.set(id, places);
  }
  return found;
}

export interface Change {
  readonly figure: string;
  readonly key: string;
  readonly n: number;
}

/** What has to be added to the figures when leads that were counted so are to be counted so. */
export function changesBetween(before: readonly Place[], after: readonly Place[]): Change[] {
  const was = new Set(before);
  const is = new Set(after);
  const change = (n: number) => (place: Place) => {
    const colon = place.indexOf(':');
    return { figure: place.slice(0, colon), key: place.slice(colon + 1), n };
  };
  return [
    ...before.filter((place) => !is.has(place)).map(change(-1)),
    ...after.filter((place) => !was.has(place)).map(change(1)),
  ];
}
