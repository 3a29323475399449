import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { CampaignChange } from '../../agents/campaign-optimization/index.js';
import { AbVariant, Campaign, campaignUpdated } from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import { type Inverse, InverseRegistry } from '../../decisions/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { conflict } from '../../operations/index.js';
import { EffectRegistry } from '../../inbox/index.js';

/** The kind of effect and of inverse that changes a campaign. */
export const CAMPAIGN_CHANGE = 'campaign.change';

export interface CampaignChangeEffect {
  campaign_id: string;
  change: CampaignChange;
}

/** The part of a campaign that changes are judged on. */
interface CampaignState {
  status: string;
  daily_budget_usd: number;
  total_budget_usd: number;
  target_personas: string[];
  excluded_variant_ids: string[];
}

/** Carries out what the optimizer decided about a campaign, and takes it back. */
@Injectable()
export class CampaignChanges implements OnModuleInit {
  constructor(
    private readonly effects: EffectRegistry,
    private readonly inverses: InverseRegistry,
    private readonly liveEvents: LiveEvents,
  ) {}

  onModuleInit(): void {
    this.effects.register(CAMPAIGN_CHANGE, {
      readState: (unit, { campaign_id }: CampaignChangeEffect) => readState(unit, campaign_id),
      execute: async (unit, effect: CampaignChangeEffect, { now }) => {
        const inverse = await this.apply(unit, effect, now);
        return { result: { campaign_id: effect.campaign_id, applied: effect.change }, inverse };
      },
    });
    this.inverses.register(CAMPAIGN_CHANGE, {
      readState: async (unit, inverse) =>
        (await readState(unit, String(inverse.campaign_id))) as unknown as Record<string, unknown> | undefined,
      apply: async (unit, inverse, { now }) => {
        await this.apply(
          unit,
          { campaign_id: String(inverse.campaign_id), change: inverse.change as CampaignChange },
          now,
        );
      },
    });
  }

  /**
   * @returns how to take it back: the fields that moved with their old values, if the campaign still has the new ones
   */
  async apply(unit: Unit, { campaign_id, change }: CampaignChangeEffect, now: string): Promise<Inverse> {
    const before = await readState(unit, campaign_id);
    if (!before) throw conflict('campaign_gone', `there is no campaign "${campaign_id}" any more`);
    const { excluded_variant_ids: excluded, target_personas: personas, ...fields } = change;
    const [campaign] = await unit.of(Campaign).find({ campaign_id });
    await unit
      .of(Campaign)
      .update(
        { campaign_id },
        {
          ...fields,
          ...(personas && { target_personas: [...personas] }),
          version: campaign!.version + 1,
          updated_at: now,
        },
      );
    this.liveEvents.publish(unit, campaignUpdated(campaign_id));
    if (excluded) {
      await unit.of(AbVariant).update({ campaign_id }, { is_paused: false });
      if (excluded.length > 0)
        await unit.of(AbVariant).update({ campaign_id, variant_id: excluded }, { is_paused: true });
    }
    const names = Object.keys(change) as (keyof CampaignChange & keyof CampaignState)[];
    const after = (await readState(unit, campaign_id))!;
    const pick = (state: CampaignState) => Object.fromEntries(names.map((name) => [name, state[name]]));
    return { type: CAMPAIGN_CHANGE, campaign_id, change: pick(before), expects: pick(after) };
  }
}

async function readState(unit: Unit, campaignId: string): Promise<CampaignState | undefined> {
  const [campaign] = await unit.of(Campaign).find({ campaign_id: campaignId }, { lock: true });
  if (!campaign) return undefined;
  const paused = await unit
    .of(AbVariant)
    .find({ campaign_id: campaignId, is_paused: true }, { order: { variant_id: 'asc' } });
  const { status, daily_budget_usd, total_budget_usd, target_personas } = campaign;
  return {
    status,
    daily_budget_usd,
    total_budget_usd,
    target_personas,
    excluded_variant_ids: paused.map(({ variant_id }) => variant_id),
  };
}
