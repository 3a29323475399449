import { Injectable } from '@nestjs/common';
import type { OptimizationInputs, OptimizationOutcome } from '../../agents/campaign-optimization/index.js';
import type { Unit } from '../../database/index.js';
import { type Decision, Ledger } from '../../decisions/index.js';
import { MemoryService } from '../../memory/index.js';
import { campaignSituation } from '../facts/optimization-facts.js';
import { Playbooks } from '../facts/playbooks.js';
import { measureChange } from './measure-change.js';
import { type CampaignDay, Campaigns } from '../../crm/index.js';

/** Changes of a campaign that are still waited for; older ones had their days long ago. */
const LOOKED_AT = 5;
const SOURCE = 'optimization';

/** Measures what became of the optimizer's changes once enough days have passed, and remembers it as an episode. */
@Injectable()
export class CampaignOutcomes {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly ledger: Ledger,
    private readonly memory: MemoryService,
    private readonly playbooks: Playbooks,
  ) {}

  /** Measures the campaign's changes that were not measured yet and have had their days. */
  async measureLast(unit: Unit, campaignId: string, now: string): Promise<void> {
    const about = { subject_type: 'campaign', subject_id: campaignId, kind: 'campaign.optimize' };
    const open = await this.ledger.unmeasured(unit, about, LOOKED_AT);
    if (open.length === 0) return;
    const daily = await this.campaigns.days(unit, campaignId);
    for (const decision of open) await this.measure(unit, decision, daily, now);
  }

  private async measure(
    unit: Unit,
    { decision_id, created_at, inputs, outcome }: Decision,
    daily: readonly CampaignDay[],
    now: string,
  ): Promise<void> {
    const { campaign } = (inputs as OptimizationInputs).facts;
    const changes = (outcome as OptimizationOutcome).optimizations.filter(({ change }) => change !== null);
    const byItself = changes.filter(({ auto_apply }) => auto_apply);
    // what was not done by itself was applied because a person approved it
    const types = [...new Set((byItself.length > 0 ? byItself : changes).map(({ type }) => type))];
    const measured = types.flatMap((type) => {
      const change = measureChange(daily, created_at, type);
      return change ? [{ type, ...change }] : [];
    });
    if (measured.length === 0) return;
    await this.ledger.measure(unit, decision_id, { event: 'days_reported', at: now, changes: measured });
    const { scenario, text } = campaignSituation(campaign);
    await this.memory.rememberEpisodes(
      unit,
      measured.map(({ type, metric, outcome: outcome_score }) => ({
        scenario,
        action_sequence_json: [type],
        outcome_score,
        notes: `${text}; by ${metric}`,
        source_id: `${decision_id}:${type}`,
      })),
      { now, source: SOURCE },
    );
    unit.afterCommit(() => this.playbooks.forget(scenario));
  }
}
