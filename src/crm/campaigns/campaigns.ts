import { Injectable } from '@nestjs/common';
import { LiveEvents } from '../../live-events/index.js';
import { Happening, Listeners } from '../../operations/index.js';
import { LEAD_FIGURE } from '../figures/lead-contribution.js';
import { PortfolioFigures, type Trials, trialsBy } from '../figures/portfolio-figures.js';
import { campaignUpdated } from '../resource-updates.js';
import { AbVariant } from './ab-variant.entity.js';
import { CampaignDay } from './campaign-day.entity.js';
import { Campaign } from './campaign.entity.js';
import { readFigures, type Reader, type Unit } from '../../database/index.js';
import { fromMicros } from '../../money/index.js';

export type CampaignChanges = Partial<Omit<Campaign, 'campaign_id' | 'version' | 'updated_at'>>;

/** What all days of a campaign add up to. */
export interface CampaignSums {
  campaign_id: string;
  impressions: number;
  clicks: number;
  leads_created: number;
  conversions: number;
  cost_usd: number;
  revenue_usd: number;
}

/** A campaign before and after a change, as its listeners see it. */
export interface CampaignChanged {
  readonly unit: Unit;
  readonly before: Campaign;
  readonly after: Campaign;
  readonly now: string;
}

/** Told in the unit that changes the campaign, whoever changes it. */
export const CAMPAIGN_CHANGED = new Happening<CampaignChanged>('campaign changed');

/** When a campaign is to run. */
export interface CampaignTerm {
  campaign_id: string;
  status: string;
  start_date: string;
  end_date: string | null;
}

/** Kept up by triggers. */
const DAYS = 'campaign_days';
const SUMS = [
  'campaign_impressions',
  'campaign_clicks',
  'campaign_leads_created',
  'campaign_conversions',
  'campaign_cost_micros',
  'campaign_revenue_micros',
] as const;

/** How other modules read campaigns with their days and variants, and change them. */
@Injectable()
export class Campaigns {
  constructor(
    private readonly liveEvents: LiveEvents,
    private readonly figures: PortfolioFigures,
    private readonly listeners: Listeners,
  ) {}

  get(reader: Reader, campaignId: string): Promise<Campaign | undefined> {
    return reader.of(Campaign).get(campaignId);
  }

  /** Those that exist, with one statement. */
  async find(reader: Reader, campaignIds: readonly string[]): Promise<Campaign[]> {
    return campaignIds.length === 0 ? [] : reader.of(Campaign).find({ campaign_id: campaignIds });
  }

  count(reader: Reader): Promise<number> {
    return reader.of(Campaign).count();
  }

  /** The campaign as it stands, held until the unit ends. */
  async lock(unit: Unit, campaignId: string): Promise<Campaign | undefined> {
    return (await unit.of(Campaign).find({ campaign_id: campaignId }, { lock: true }))[0];
  }

  /** Changes a locked campaign, counts its version up and tells whoever watches it. @returns it as it stands now */
  async move(unit: Unit, campaign: Campaign, changes: CampaignChanges, now: string): Promise<Campaign> {
    const patch = { ...changes, version: campaign.version + 1, updated_at: now };
    await unit.of(Campaign).update({ campaign_id: campaign.campaign_id }, patch);
    this.liveEvents.publish(unit, campaignUpdated(campaign.campaign_id));
    const after = { ...campaign, ...patch };
    await this.listeners.tell(CAMPAIGN_CHANGED, { unit, before: campaign, after, now });
    return after;
  }

  /** The variants of campaigns, by id. */
  async variants(reader: Reader, campaignIds: readonly string[]): Promise<AbVariant[]> {
    if (campaignIds.length === 0) return [];
    return reader.of(AbVariant).find({ campaign_id: campaignIds }, { order: { variant_id: 'asc' } });
  }

  /** Takes exactly these variants of a campaign out of the choice. */
  async pauseOnly(unit: Unit, campaignId: string, variantIds: readonly string[]): Promise<void> {
    await unit.of(AbVariant).update({ campaign_id: campaignId }, { is_paused: false });
    if (variantIds.length > 0)
      await unit.of(AbVariant).update({ campaign_id: campaignId, variant_id: variantIds }, { is_paused: true });
  }

  /** What a campaign did day by day, oldest first. */
  days(reader: Reader, campaignId: string): Promise<CampaignDay[]> {
    return reader.of(CampaignDay).find({ campaign_id: campaignId }, { order: { date: 'asc' } });
  }

  /** What the days of every campaign add up to. */
  async sums(reader: Reader): Promise<CampaignSums[]> {
    const figures = await readFigures(reader, [DAYS, ...SUMS]);
    const sumOf = new Map(SUMS.map((sum) => [sum, new Map(figures.get(sum)!.map(({ key, n }) => [key[0], n]))]));
    const ids = figures.get(DAYS)!.map(({ key }) => key[0]!);
    return ids.sort().map((campaign_id) => {
      const of = (sum: (typeof SUMS)[number]) => sumOf.get(sum)!.get(campaign_id) ?? 0;
      return {
        campaign_id,
        impressions: of('campaign_impressions'),
        clicks: of('campaign_clicks'),
        leads_created: of('campaign_leads_created'),
        conversions: of('campaign_conversions'),
        cost_usd: fromMicros(of('campaign_cost_micros')),
        revenue_usd: fromMicros(of('campaign_revenue_micros')),
      };
    });
  }

  /** The terms of every campaign. */
  async terms(reader: Reader): Promise<CampaignTerm[]> {
    const rows = await reader.query('SELECT campaign_id, status, start_date, end_date FROM campaigns');
    return rows as unknown as CampaignTerm[];
  }

  /** How many distinct leads met the campaign on each channel, and how many of them answered well. */
  async channelTrials(reader: Reader, campaignId: string): Promise<(Trials & { channel: string })[]> {
    const { campaignChannel, campaignChannelWell } = LEAD_FIGURE;
    const trials = await this.trials(reader, campaignId, campaignChannel, campaignChannelWell);
    return trials.map(({ name: channel, ...rest }) => ({ channel, ...rest }));
  }

  /** How many leads the campaign brought of each persona, and how many of them converted. */
  async personaTrials(reader: Reader, campaignId: string): Promise<(Trials & { persona: string })[]> {
    const { campaignPersona, campaignPersonaConverted } = LEAD_FIGURE;
    const trials = await this.trials(reader, campaignId, campaignPersona, campaignPersonaConverted);
    return trials.map(({ name: persona, ...rest }) => ({ persona, ...rest }));
  }

  /** What two figures by campaign and something else say of one campaign, in the order of the other. */
  private async trials(
    reader: Reader,
    campaignId: string,
    tried: string,
    well: string,
  ): Promise<(Trials & { name: string })[]> {
    const figures = await this.figures.read(reader, [tried, well]);
    const own = (figure: string) => figures.get(figure)!.filter(({ key }) => key[0] === campaignId);
    return trialsBy(own(tried), own(well))
      .map(({ key, trials }) => ({ name: key[1]!, ...trials }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
