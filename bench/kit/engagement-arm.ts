import { DateTime } from 'luxon';
import type { EngagementFacts } from '../../src/agents/core/index.js';
import { FixedClock, Settings } from '../../src/config/index.js';
import { createApp } from '../../src/create-app.js';
import { Database, UnitOfWork } from '../../src/database/index.js';
import { type SimWorld, answerTouch } from '../../src/dataset/index.js';
import { OperationBus, type Principal, ResourcePort } from '../../src/operations/index.js';
import { EngagementEpisodes } from '../../src/orchestrator/engagement/engagement-episodes.js';
import { EngagementService } from '../../src/orchestrator/engagement/engagement.service.js';
import { Playbooks } from '../../src/orchestrator/facts/playbooks.js';
import { PortfolioRatesReader } from '../../src/orchestrator/facts/portfolio-rates.js';
import { DeliveryRecords } from '../../src/outreach/delivery-records.js';
import { AbVariant } from '../../src/crm/campaigns/ab-variant.entity.js';
import { Campaign } from '../../src/crm/campaigns/campaign.entity.js';
import { Lead } from '../../src/crm/leads/lead.entity.js';
import { Message } from '../../src/outreach/message.entity.js';

const CALLER: Principal = { id: 'bench', kind: 'user', name: 'bench', scopes: new Set(['*']) };
/** Long enough that a message of the round before has had its week. */
const ROUND_DAYS = 8;
const DAY_MS = 86_400_000;

export interface ArmChoice {
  readonly dataDir: string;
  readonly rounds: number;
  /** False: the agent finds all tiers of memory empty. Nothing else differs. */
  readonly hasMemory: boolean;
}

/**
 * Plays rounds of engagement in a server of its own: the agent decides on the server's facts, the world answers, and
 * what it answers comes back as a message event and a conversation, from which memory learns by its own ways; before
 * each round it consolidates.
 * @returns the share of (lead, round) with a good answer; a lead that is left alone has none
 */
export async function playEngagements(world: SimWorld, { dataDir, rounds, hasMemory }: ArmChoice): Promise<number> {
  const clock = new FixedClock(new Date(world.start).toISOString());
  const app = await createApp(new Settings({ HERALD_DATA_DIR: dataDir, HERALD_DEMO: '0', LOG_LEVEL: 'error' }, 'off'), {
    clock,
  });
  await app.init();
  try {
    const [units, database, bus, service] = [
      app.get(UnitOfWork),
      app.get(Database),
      app.get(OperationBus),
      app.get(EngagementService),
    ];
    await units.run(async (unit) => {
      await unit.of(Campaign).insert(world.campaigns.map(campaignRow));
      await unit
        .of(AbVariant)
        .insert(world.campaigns.flatMap(({ variants }) => variants.map(({ effect: _, ...variant }) => variant)));
      await unit.of(Lead).insert(world.leads.map((lead) => leadRow(world, lead)));
    });
    if (!hasMemory) emptyTiers(app.get(ResourcePort));
    let good = 0;
    for (let round = 0; round < rounds; round++) {
      const roundStart = new Date(world.start + round * ROUND_DAYS * DAY_MS + 6 * 3_600_000).toISOString();
      clock.set(roundStart);
      await app.get(EngagementEpisodes).finishUnanswered();
      await bus.call('memory.consolidate', {}, { principal: CALLER });
      app.get(Playbooks).forget();
      app.get(PortfolioRatesReader).forget();
      for (const plan of world.leads) {
        clock.set(roundStart);
        const { decision, message } = await units.run(async (unit) => {
          const [lead] = await unit.of(Lead).find({ lead_id: leadId(world, plan) });
          return (await service.engageMany(unit, [{ lead: lead!, mode: 'engage' }], roundStart))[0]!;
        });
        if (!message || decision.outcome.kind !== 'message') continue;
        const { time_zone, topic = null } = decision.outcome.message;
        clock.set(message.planned_for);
        const earlier = await database.of(Message).count({ lead_id: message.lead_id, status: 'sent' });
        await units.run(async (unit) => {
          const sending = { attempts: 1, status: 'sending', claimed_at: message.planned_for } as const;
          await unit.of(Message).update({ message_id: message.message_id }, sending);
          await app.get(DeliveryRecords).sent(unit, { ...message, ...sending }, null);
        });
        const answer = answerTouch(world, plan, round, {
          channel: message.channel,
          variant: plan.campaign.variants.find(({ variant_id }) => variant_id === message.variant_id)!,
          hour: DateTime.fromISO(message.planned_for, { zone: time_zone }).hour,
          topic,
          earlier,
        });
        if (!answer.isGood) continue;
        good++;
        clock.advance(answer.delayMs);
        await bus.call(
          'message.event',
          { message_id: message.message_id, type: 'replied', outcome: 'positive', at: clock.iso() },
          { principal: CALLER },
        );
        const { summary: last_utterance_summary, intent: active_intent } = answer.said;
        const conversation = {
          conversation_id: message.conversation_id,
          lead_id: message.lead_id,
          last_utterance_summary,
          active_intent,
        };
        await bus.call('memory.store', { tier: 'short_term', ...conversation }, { principal: CALLER });
      }
    }
    return good / (world.leads.length * rounds);
  } finally {
    await app.close();
  }
}

function emptyTiers(resources: ResourcePort): void {
  const search = resources.search.bind(resources);
  resources.search = async <T>(
    uri: string,
    query: Record<string, unknown>,
    access: Parameters<ResourcePort['search']>[2],
  ): Promise<T> => {
    const found = await search<T>(uri, query, access);
    if (query.view !== 'engagement_facts') return found;
    const facts = found as unknown as EngagementFacts[];
    return facts.map((each): EngagementFacts => ({
      ...each,
      long_term: null,
      short_term: null,
      episodes: [],
      known: [],
      triples: [],
    })) as unknown as T;
  };
}

type SimLead = SimWorld['leads'][number];

/** Leads of different worlds have different ids, so that the policy's draws differ too. */
function leadId({ seed }: SimWorld, { number }: SimLead): string {
  return `L${seed}-${number}`;
}

/** What the CRM knows: nothing of what the lead likes, since no form asked. */
function leadRow(world: SimWorld, plan: SimLead): Lead {
  const { source, company_size, industry, persona, region, email, phone, campaign } = plan;
  const created_at = new Date(world.start).toISOString();
  return {
    lead_id: leadId(world, plan),
    created_at,
    updated_at: created_at,
    source,
    company_size,
    industry,
    persona,
    region,
    email,
    phone,
    campaign_id: campaign.campaign_id,
    triage_category: 'Campaign Qualified',
    lead_status: 'Qualified',
    lead_score: 70,
    preferred_channel: null,
    gdpr_consent: true,
    flow_state: 'engaging',
    version: 1,
  } as unknown as Lead;
}

function campaignRow({
  variants: _,
  responses: __,
  days: ___,
  baseCtr: ____,
  ...columns
}: SimWorld['campaigns'][number]): Campaign {
  return { ...columns, status: 'active' } as unknown as Campaign;
}
