import { Injectable } from '@nestjs/common';
import { CAMPAIGN_CHANGED, type CampaignChanged, LEAD_EDITED, type LeadEdited } from '../crm/index.js';
import { Listens } from '../operations/index.js';
import { PERMISSION_CHANGED, type PermissionChanged } from './happenings.js';
import { Outreach } from './outreach.js';

/** Has messages that something held judged again when that something is over. */
@Injectable()
export class RejudgeHeld {
  constructor(private readonly outreach: Outreach) {}

  @Listens(PERMISSION_CHANGED)
  async permission({ unit, lead_id, change, now }: PermissionChanged): Promise<void> {
    if (change === 'given' || change === 'lifted') await this.outreach.judgeAgain(unit, [lead_id], now);
  }

  @Listens(LEAD_EDITED)
  async lead({ unit, after: { lead_id }, now }: LeadEdited): Promise<void> {
    await this.outreach.judgeAgain(unit, [lead_id], now);
  }

  @Listens(CAMPAIGN_CHANGED)
  async campaign({ unit, before, after, now }: CampaignChanged): Promise<void> {
    if (before.status !== after.status && after.status === 'active')
      await this.outreach.judgeCampaign(unit, after.campaign_id, now);
  }
}
