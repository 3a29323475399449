import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { CampaignChange } from '../../agents/campaign-optimization/index.js';
import { Campaigns } from '../../crm/index.js';
import type { Reader, Unit } from '../../database/index.js';
import { type Inverse, InverseRegistry, type UndoState } from '../../decisions/index.js';
import { conflict } from '../../errors/index.js';
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
    private readonly campaigns: Campaigns,
  ) {}

  onModuleInit(): void {
    this.effects.register(CAMPAIGN_CHANGE, {
      readState: (unit, { campaign_id }: CampaignChangeEffect) => this.readState(unit, campaign_id),
      execute: async (unit, effect: CampaignChangeEffect, { now }) => {
        const inverse = await this.apply(unit, effect, now);
        return { result: { campaign_id: effect.campaign_id, applied: effect.change }, inverse };
      },
    });
    this.inverses.register(CAMPAIGN_CHANGE, {
      keyOf: ({ campaign_id }) => String(campaign_id),
      lock: async (unit, inverses) => {
        for (const { campaign_id } of inverses) await this.campaigns.lock(unit, String(campaign_id));
      },
      readStates: async (reader, inverses) => {
        const states: (UndoState | undefined)[] = [];
        for (const { campaign_id } of inverses)
          states.push((await this.stateOf(reader, String(campaign_id))) as unknown as UndoState | undefined);
        return states;
      },
      leaves: (state, { change }) => ({ ...state, ...(change as CampaignChange) }),
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
    const before = await this.readState(unit, campaign_id);
    if (!before) throw conflict('campaign_gone', `there is no campaign "${campaign_id}" any more`);
    const { excluded_variant_ids: excluded, target_personas: personas, ...fields } = change;
    const campaign = await this.campaigns.lock(unit, campaign_id);
    const changes = { ...fields, ...(personas && { target_personas: [...personas] }) };
    await this.campaigns.move(unit, campaign!, changes, now);
    if (excluded) await this.campaigns.pauseOnly(unit, campaign_id, excluded);
    const names = Object.keys(change) as (keyof CampaignChange & keyof CampaignState)[];
    const after = (await this.readState(unit, campaign_id))!;
    const pick = (state: CampaignState) => Object.fromEntries(names.map((name) => [name, state[name]]));
    return { type: CAMPAIGN_CHANGE, campaign_id, change: pick(before), expects: pick(after) };
  }

  private async readState(unit: Unit, campaignId: string): Promise<CampaignState | undefined> {
    await this.campaigns.lock(unit, campaignId);
    return this.stateOf(unit, campaignId);
  }

  private async stateOf(reader: Reader, campaignId: string): Promise<CampaignState | undefined> {
    const campaign = await this.campaigns.get(reader, campaignId);
    if (!campaign) return undefined;
    const variants = await this.campaigns.variants(reader, [campaignId]);
    const { status, daily_budget_usd, total_budget_usd, target_personas } = campaign;
    return {
      status,
      daily_budget_usd,
      total_budget_usd,
      target_personas,
      excluded_variant_ids: variants.filter(({ is_paused }) => is_paused).map(({ variant_id }) => variant_id),
    };
  }
}
