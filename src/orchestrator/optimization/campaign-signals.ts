import { Injectable } from '@nestjs/common';
import type { Unit } from '../../database/index.js';
import { Outbox } from '../../queue/index.js';

export const CAMPAIGN_SIGNAL_TOPIC = 'campaign.signal';
export interface CampaignSignal {
  readonly campaign_id: string;
}

const HOUR_MS = 3_600_000;

/**
 * How the optimizer is told that something happened in a campaign: at most one look at it an hour comes of it,
 * however much happened.
 */
@Injectable()
export class CampaignSignals {
  constructor(private readonly outbox: Outbox) {}

  async tell(unit: Unit, campaignIds: readonly string[], now: string): Promise<void> {
    const nextHour = new Date((Math.floor(Date.parse(now) / HOUR_MS) + 1) * HOUR_MS).toISOString();
    await this.outbox.add(
      unit,
      [...new Set(campaignIds)].map((campaign_id) => ({
        topic: CAMPAIGN_SIGNAL_TOPIC,
        key: `${CAMPAIGN_SIGNAL_TOPIC}:${campaign_id}:${nextHour}`,
        payload: { campaign_id },
        availableAt: nextHour,
      })),
    );
  }

  /** Has the optimizer look at each of the campaigns once in this hour. */
  async promise(unit: Unit, campaignIds: readonly string[], hour: string): Promise<void> {
    await this.outbox.add(
      unit,
      campaignIds.map((campaign_id) => ({
        topic: CAMPAIGN_SIGNAL_TOPIC,
        key: `${CAMPAIGN_SIGNAL_TOPIC}:${campaign_id}:hourly:${hour}`,
        payload: { campaign_id } satisfies CampaignSignal,
      })),
    );
  }
}
