import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { type CampaignChanges as Changes, Campaigns } from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import { invalid } from '../../errors/index.js';
import { type Escalation, type FormField, ResolutionRegistry } from '../../inbox/index.js';
import { CAMPAIGN_STATUSES, CHANNELS } from '../../vocabulary/index.js';

const MAX_BUDGET_USD = 1_000_000_000;

/** What a person may change about a campaign while settling its case. */
const FORM: readonly FormField[] = [
  { name: 'status', label: 'Status', type: 'choice', choices: CAMPAIGN_STATUSES },
  { name: 'daily_budget_usd', label: 'Daily budget (USD)', type: 'number', min: 0, max: MAX_BUDGET_USD },
  { name: 'total_budget_usd', label: 'Total budget (USD)', type: 'number', min: 0, max: MAX_BUDGET_USD },
  { name: 'end_date', label: 'End (a day, or a time with its zone)', type: 'text', max: 40 },
  { name: 'channel_mix', label: 'Channels', type: 'list', choices: CHANNELS },
  { name: 'target_personas', label: 'Personas', type: 'list' },
];

const THEN = {
  approve: 'The case is closed: the campaign goes on as it is.',
  reject: 'The case is closed: the campaign goes on as it is.',
  change: 'The campaign is changed as you say, at once.',
} as const;

/** What becomes of a campaign when a person settles its case. */
@Injectable()
export class CampaignCases implements OnModuleInit {
  constructor(
    private readonly resolutions: ResolutionRegistry,
    private readonly campaigns: Campaigns,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.resolutions.describe({ appliesTo: isAboutCampaign, form: FORM, then: THEN });
    this.resolutions.onResolved('*', (unit, escalation) => this.resolved(unit, escalation));
  }

  private async resolved(unit: Unit, escalation: Escalation): Promise<void> {
    if (!isAboutCampaign(escalation) || escalation.resolution !== 'change') return;
    const campaign = await this.campaigns.lock(unit, escalation.campaign_id!);
    if (!campaign) return;
    const { end_date, ...changes } = (escalation.resolution_detail?.changes ?? {}) as Changes;
    const end = end_date == null ? {} : { end_date: instantOf(end_date, campaign.start_date) };
    await this.campaigns.move(unit, campaign, { ...changes, ...end }, this.clock.iso());
  }
}

function isAboutCampaign({ lead_id, campaign_id }: Escalation): boolean {
  return lead_id === null && campaign_id !== null;
}

/** @throws AppError invalid for what is no time, or lies before the start */
function instantOf(text: string, start: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalid('changes.end_date', 'must be a day or a time, as 2026-12-31T00:00:00Z');
  const end = new Date(time).toISOString();
  if (end < start) throw invalid('changes.end_date', 'must not be before start_date');
  return end;
}
