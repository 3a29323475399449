import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom, type Random } from '../../config/index.js';
import type { Row } from '../cell-codec.js';
import { DatasetWriter } from '../dataset-writer.js';
import { agentActionRows } from './agent-actions.js';
import { periodEnding, type Period } from './calendar.js';
import { bookConversion, campaignDailyRows } from './campaign-days.js';
import { planCampaigns, type CampaignDay, type CampaignPlan } from './campaigns.js';
import { GroundTruth } from './ground-truth.js';
import { playJourney } from './journeys.js';
import { episodeRows, segmentRows, tripleRows } from './knowledge.js';
import {
  conversationRow,
  conversionRow,
  interactionRows,
  leadHistory,
  leadRow,
  longTermRow,
  shortTermRow,
} from './lead-rows.js';
import { planLead } from './leads.js';
import { authEventRows, writeCalls } from './service-logs.js';

export interface GenerateOptions {
  /** 1 to 5,000,000. */
  readonly leads: number;
  readonly seed: number;
  /** The last day, "YYYY-MM-DD"; nothing happens after it. */
  readonly end: string;
  /** Length of the period; 120, as in the real data set, if left out. */
  readonly days?: number;
  /** Goes before every id; none if left out, as in the real data set. */
  readonly idPrefix?: string;
  readonly onProgress?: (leadsDone: number) => void;
}

export interface GenerateReport {
  readonly leads: number;
  readonly seed: number;
  readonly start: string;
  readonly end: string;
  /** Rows by file name. */
  readonly rows: Record<string, number>;
}

/** The newest leads stay in state New, so that there is always work to do. */
const SHARE_OF_NEW_LEADS = 0.18;
const DRAIN_EVERY_LEADS = 200;

/**
 * Writes the 18 files of an invented world and its `ground_truth.json` into a folder, overwriting what stands there.
 * The same options give the same bytes. Memory grows with the number of leads by a few dozen bytes each.
 */
export async function generateDataset(folder: string, options: GenerateOptions): Promise<GenerateReport> {
  checkOptions(options);
  const { leads, seed, end, days = 120 } = options;
  const period = periodEnding(end, days);
  const stream = (name: string): Random => createRandom(`${seed}:${name}`);
  const campaigns = planCampaigns(stream('campaigns'), leads, period);
  const truth = new GroundTruth(seed, campaigns);
  const writer = await DatasetWriter.open(folder, { idPrefix: options.idPrefix });
  try {
    for (const campaign of campaigns) {
      writer.add('campaigns', campaignRow(campaign));
      for (const { effect: _effect, ...variant } of campaign.variants) writer.add('ab_variants', variant);
    }
    for (const segment of segmentRows(stream('segments'))) writer.add('segments', segment);
    await writeLeads(writer, campaigns, truth, period, options);
    for (const campaign of campaigns) {
      for (const day of campaignDailyRows(stream(`daily:${campaign.campaign_id}`), campaign))
        writer.add('campaign_daily', day);
    }
    const scale = leads / 5000;
    for (const episode of episodeRows(stream('episodes'), Math.max(60, Math.round(250 * scale))))
      writer.add('memory_episodic', episode);
    for (const triple of tripleRows(stream('triples'), Math.max(100, Math.round(500 * scale))))
      writer.add('semantic_kg_triples', triple);
    await writeCalls(stream('calls'), writer, Math.max(100, Math.round(12_000 * scale)), period);
    for (const event of authEventRows(stream('auth'), Math.max(60, Math.round(4000 * scale)), period))
      writer.add('security_auth_events', event);
  } finally {
    await writer.close();
  }
  await writeFile(join(folder, 'ground_truth.json'), truth.toJson());
  return { leads, seed, start: new Date(period.start).toISOString().slice(0, 10), end, rows: writer.rows() };
}

function checkOptions({ leads, seed, days = 120 }: GenerateOptions): void {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed must be a whole number, got ${seed}`);
  if (!Number.isInteger(leads) || leads < 1 || leads > 5_000_000) {
    throw new RangeError(`leads must be a whole number from 1 to 5,000,000, got ${leads}`);
  }
  if (!Number.isInteger(days) || days < 14 || days > 3650)
    throw new RangeError(`days must be from 14 to 3,650, got ${days}`);
}

function campaignRow({
  variants: _variants,
  responses: _responses,
  days: _days,
  baseCtr: _baseCtr,
  ...columns
}: CampaignPlan): Row {
  return columns;
}

async function writeLeads(
  writer: DatasetWriter,
  campaigns: readonly CampaignPlan[],
  truth: GroundTruth,
  period: Period,
  { leads, seed, onProgress }: GenerateOptions,
): Promise<void> {
  const arrivals = drawArrivals(createRandom(`${seed}:arrivals`), campaigns, leads);
  const isNew = newestArrivals(arrivals, Math.ceil(leads * SHARE_OF_NEW_LEADS));
  const nextInteraction = counter('INT', 8);
  const nextAction = counter('ACT', 7);
  for (let index = 0; index < leads; index++) {
    const { campaign, day } = arrivals[index];
    const random = createRandom(`${seed}:lead:${index + 1}`);
    const lead = planLead(random, index + 1, campaign, day);
    const journey = playJourney(random, lead, isNew[index] === 1, period);
    const history = leadHistory(random, lead, journey, isNew[index] === 1);
    day.leadsCreated++;
    if (journey.conversion) bookConversion(campaign, journey.conversion.at, journey.conversion.valueUsd);
    truth.addLead(lead);
    writer.add('leads', leadRow(history));
    writer.add('conversations', conversationRow(history, period));
    for (const row of interactionRows(history, nextInteraction)) writer.add('interactions', row);
    for (const row of agentActionRows(random, history, period, nextAction)) writer.add('agent_actions', row);
    const conversion = conversionRow(history);
    if (conversion) writer.add('conversions', conversion);
    const shortTerm = shortTermRow(random, history, period);
    if (shortTerm) writer.add('memory_short_term', shortTerm);
    const longTerm = longTermRow(random, history, period);
    if (longTerm) writer.add('memory_long_term', longTerm);
    if ((index + 1) % DRAIN_EVERY_LEADS === 0) {
      await writer.drain();
      onProgress?.(index + 1);
    }
  }
  onProgress?.(leads);
}

interface Arrival {
  readonly campaign: CampaignPlan;
  readonly day: CampaignDay;
}

/**
 * Spreads the leads over the campaigns' days in proportion to the response that each day's spend is expected to
 * bring.
 */
function drawArrivals(random: Random, campaigns: readonly CampaignPlan[], leads: number): Arrival[] {
  const cells: Arrival[] = campaigns.flatMap((campaign) =>
    [...campaign.days.values()].map((day) => ({ campaign, day })),
  );
  const cumulative = new Float64Array(cells.length);
  let total = 0;
  cells.forEach(
    ({ day }, index) => (cumulative[index] = total += day.channelLeads.reduce((sum, value) => sum + value, 0)),
  );
  return Array.from({ length: leads }, () => cells[firstAbove(cumulative, random.next() * total)]);
}

function firstAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function newestArrivals(arrivals: readonly Arrival[], count: number): Uint8Array {
  const byAge = Float64Array.from(arrivals, ({ day }) => day.start).sort();
  const threshold = byAge[byAge.length - count];
  return Uint8Array.from(arrivals, ({ day }) => (day.start >= threshold ? 1 : 0));
}

function counter(prefix: string, digits: number): () => string {
  let number = 0;
  return () => `${prefix}${String(++number).padStart(digits, '0')}`;
}
