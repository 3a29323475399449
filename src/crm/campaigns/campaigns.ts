import { Injectable } from '@nestjs/common';
import { LiveEvents } from '../../live-events/index.js';
import { ANSWERED_WELL } from '../conversations/interactions.js';
import { campaignUpdated } from '../resource-updates.js';
import { AbVariant } from './ab-variant.entity.js';
import { CampaignDay } from './campaign-day.entity.js';
import { Campaign } from './campaign.entity.js';
import { fromMicros, type Reader, sumMicrosSql, type Unit } from '../../database/index.js';

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

/** When a campaign is to run, and the last day that was reported of it; days on which only leads came are no reports. */
export interface CampaignTerm {
  campaign_id: string;
  status: string;
  start_date: string;
  end_date: string | null;
  last_day: string | null;
}

/** How other modules read campaigns with their days and variants, and change them. */
@Injectable()
export class Campaigns {
  constructor(private readonly liveEvents: LiveEvents) {}

  get(reader: Reader, campaignId: string): Promise<Campaign | undefined> {
    return reader.of(Campaign).get(campaignId);
  }

  /** Those that exist, with one statement. */
  async find(reader: Reader, campaignIds: readonly string[]): Promise<Campaign[]> {
    return campaignIds.length === 0 ? [] : reader.of(Campaign).find({ campaign_id: campaignIds });
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
    return { ...campaign, ...patch };
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
    const rows = await reader.query(
      `SELECT campaign_id, SUM(impressions) AS impressions, SUM(clicks) AS clicks, SUM(leads_created) AS leads_created, SUM(conversions) AS conversions,
         ${sumMicrosSql('cost_usd')} AS cost_micros, ${sumMicrosSql('revenue_usd')} AS revenue_micros
       FROM campaign_daily GROUP BY campaign_id ORDER BY campaign_id`,
    );
    return rows.map((row) => ({
      campaign_id: String(row.campaign_id),
      impressions: Number(row.impressions),
      clicks: Number(row.clicks),
      leads_created: Number(row.leads_created),
      conversions: Number(row.conversions),
      cost_usd: fromMicros(Number(row.cost_micros)),
      revenue_usd: fromMicros(Number(row.revenue_micros)),
    }));
  }

  /** The terms of every campaign. */
  async terms(reader: Reader): Promise<CampaignTerm[]> {
    const rows = await reader.query(
      `SELECT c.campaign_id, c.status, c.start_date, c.end_date, (
           SELECT MAX(d.date) FROM campaign_daily d WHERE d.campaign_id = c.campaign_id AND (d.impressions > 0 OR d.cost_usd > 0)) AS last_day
       FROM campaigns c`,
    );
    return rows as unknown as CampaignTerm[];
  }

  /** How many distinct leads met the campaign on each channel, and how many of them answered well. */
  async channelTrials(reader: Reader, campaignId: string): Promise<(Trials & { channel: string })[]> {
    const rows = await reader.query(
      `SELECT channel, COUNT(DISTINCT lead_id) AS trials, COUNT(DISTINCT CASE WHEN ${ANSWERED_WELL} THEN lead_id END) AS successes
       FROM interactions WHERE campaign_id = ? GROUP BY channel ORDER BY channel`,
      [campaignId],
    );
    return rows.map((row) => ({ channel: String(row.channel), ...trialsOf(row) }));
  }

  /** How many leads the campaign brought of each persona, and how many of them converted. */
  async personaTrials(reader: Reader, campaignId: string): Promise<(Trials & { persona: string })[]> {
    const rows = await reader.query(
      `SELECT l.persona, COUNT(*) AS trials, COUNT(c.lead_id) AS successes
       FROM leads l LEFT JOIN (SELECT DISTINCT lead_id FROM conversions) c ON c.lead_id = l.lead_id
       WHERE l.campaign_id = ? AND l.persona IS NOT NULL GROUP BY l.persona ORDER BY l.persona`,
      [campaignId],
    );
    return rows.map((row) => ({ persona: String(row.persona), ...trialsOf(row) }));
  }
}

interface Trials {
  trials: number;
  successes: number;
}

function trialsOf(row: Record<string, unknown>): Trials {
  return { trials: Number(row.trials), successes: Number(row.successes) };
}
