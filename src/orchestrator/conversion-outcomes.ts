import { Injectable } from '@nestjs/common';
import { CONVERSION_RECORDED, type RecordedConversion } from '../crm/index.js';
import { Listens } from '../operations/index.js';
import { EngagementEpisodes } from './engagement/engagement-episodes.js';
import { CampaignSignals } from './optimization/campaign-signals.js';

/**
 * When a lead converts, memory learns what led to it, and the optimizer is told.
 */
@Injectable()
export class ConversionOutcomes {
  constructor(
    private readonly signals: CampaignSignals,
    private readonly episodes: EngagementEpisodes,
  ) {}

  @Listens(CONVERSION_RECORDED)
  async take({ unit, conversion, now }: RecordedConversion): Promise<void> {
    const { lead_id, campaign_id, converted_at } = conversion;
    await this.episodes.finishByConversion(unit, lead_id, converted_at, now);
    if (campaign_id !== null) await this.signals.tell(unit, [campaign_id], now);
  }
}
