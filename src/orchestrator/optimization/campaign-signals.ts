import { Injectable } from '@nestjs/common';
import type { Unit } from '../../database/index.js';
import { Outbox } from '../../queue/index.js';

export const CAMPAIGN_SIGNAL_TOPIC = 'campaign.signal';
const HOUR_MS = 3_600_000;

/**
 * How the optimizer is told that something happened in a campaign: at most one look at it an hour comes of it,
 * however much happened.
 */
@Injectable()
export class CampaignSignals {
  constructor(private readonly outbox: Outbox) {}

  async tell(unit: Unit, campaignId: string, now: string): Promise<void> {
    const nextHour = new Date((Math.floor(Date.parse(now) / HOUR_MS) + 1) * HOUR_MS).toISOString();
    const key = `${CAMPAIGN_SIGNAL_TOPIC}:${campaignId}:${nextHour}`;
    await this.outbox.add(unit, [
      { topic: CAMPAIGN_SIGNAL_TOPIC, key, payload: { campaign_id: campaignId }, availableAt: nextHour },
    ]);
  }
}
