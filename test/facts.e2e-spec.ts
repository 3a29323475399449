import type { EngagementFacts, OptimizationFacts, TriageFacts } from '../src/agents/core/index.js';
import { silentDays } from '../src/agents/lead-triage/score-lead.js';
import { FixedClock } from '../src/config/index.js';
import { Campaigns } from '../src/crm/index.js';
import { Database, UnitOfWork } from '../src/database/index.js';
import { LongTermMemory } from '../src/memory/long-term/long-term.entities.js';
import { ShortTermMemory } from '../src/memory/short-term/short-term.entity.js';
import { ResourcePort, SYSTEM } from '../src/operations/index.js';
import { readCampaignPhases } from '../src/orchestrator/facts/campaign-phase.js';
import { PortfolioRatesReader } from '../src/orchestrator/facts/portfolio-rates.js';
import { type StartedApp, startApp } from './app.js';
import { AbVariant } from '../src/crm/campaigns/ab-variant.entity.js';
import { Campaign } from '../src/crm/campaigns/campaign.entity.js';
import { CampaignDay } from '../src/crm/campaigns/campaign-day.entity.js';
import { Interaction } from '../src/crm/conversations/interaction.entity.js';
import { Conversion } from '../src/crm/conversions/conversion.entity.js';
import { Lead } from '../src/crm/leads/lead.entity.js';

const NOW = '2026-03-02T10:00:00.000Z';
const at = (day: string, hour = 9) => `2026-${day}T${String(hour).padStart(2, '0')}:00:00.000Z`;

let herald: StartedApp;
beforeAll(async () => {
  herald = await startApp({ clock: new FixedClock(NOW) });
  await herald.app.get(UnitOfWork).run(async (unit) => {
    const campaign = {
      objective: 'Lead Gen',
      channel_mix: ['Email', 'SMS'],
      daily_budget_usd: 100.5,
      total_budget_usd: 9000,
      target_personas: ['CMO'],
      kpi: 'CPL',
      primary_region: 'EU',
    };
    await unit.of(Campaign).insert([
      { ...campaign, campaign_id: 'CMP1', name: 'One', start_date: at('01-01'), end_date: at('04-01') },
      { ...campaign, campaign_id: 'CMP2', name: 'Two', start_date: at('01-01'), end_date: at('02-01') },
      { ...campaign, campaign_id: 'CMP3', name: 'Three', start_date: at('05-01'), end_date: null },
      { ...campaign, campaign_id: 'CMP4', name: 'Four', start_date: at('01-01'), end_date: null, status: 'paused' },
    ]);
    const day = {
      impressions: 1000,
      clicks: 30,
      ctr: 0.03,
      leads_created: 6,
      conversions: 2,
      cost_usd: 0.1,
      revenue_usd: 0.2,
      cpl_usd: 0.02,
      roas: 2,
    };
    await unit
      .of(CampaignDay)
      .insert([
        { ...day, campaign_id: 'CMP1', date: '2026-03-01' },
        { ...day, campaign_id: 'CMP1', date: '2026-02-28', cost_usd: 0.2 },
        ...[29, 30, 31].map((number) => ({ ...day, campaign_id: 'CMP2', date: `2026-01-${number}` })),
      ]);
    const variant = {
      campaign_id: 'CMP1',
      channel: 'Email',
      creative_type: 'SubjectLine',
      subject_line: 'Hello',
      call_to_action: 'Reply',
      tone: 'Warm',
      length_words: 9,
    };
    await unit.of(AbVariant).insert([
      { ...variant, variant_id: 'V1' },
      { ...variant, variant_id: 'V2', is_paused: true },
    ]);
    const lead = {
      created_at: at('01-15'),
      lead_status: 'Open',
      company_size: '51-200',
      industry: 'SaaS',
      persona: 'CMO',
      region: 'EU',
      preferred_channel: 'Email',
    };
    await unit.of(Lead).insert([
      {
        ...lead,
        lead_id: 'A',
        source: 'Website',
        campaign_id: 'CMP1',
        gdpr_consent: true,
        email: 'a@example.com',
        lead_score: 70,
        last_active_at: at('02-05'),
      },
      { ...lead, lead_id: 'B', source: 'Website', campaign_id: 'CMP1', industry: 'Retail' },
      {
        ...lead,
        lead_id: 'C',
        source: 'Referral',
        campaign_id: null,
        company_size: '1-10',
        persona: 'Founder',
        message: 'I have a question',
      },
    ]);
    const event = (
      interaction_id: string,
      lead_id: string,
      timestamp: string,
      channel: string,
      event_type: string,
      outcome = 'none',
      variant_id: string | null = null,
    ) => ({
      interaction_id,
      lead_id,
      campaign_id: 'CMP1',
      timestamp,
      channel,
      event_type,
      outcome,
      variant_id,
      metadata_json: {},
    });
    await unit
      .of(Interaction)
      .insert([
        event('I1', 'A', at('02-01'), 'Email', 'email_sent', 'none', 'V1'),
        event('I2', 'A', at('02-02'), 'Email', 'email_open', 'none', 'V1'),
        event('I3', 'A', at('02-02', 10), 'Email', 'email_click', 'none', 'V1'),
        event('I4', 'A', at('02-03'), 'Email', 'reply', 'positive', 'V1'),
        event('I5', 'A', at('02-04'), 'Email', 'reply', 'negative'),
        event('I6', 'A', at('02-04', 12), 'Web', 'site_visit'),
        event('I7', 'A', at('02-05'), 'Call', 'call_answered', 'callback_requested'),
        event('I8', 'A', at('03-01'), 'SMS', 'sms_sent'),
        event('I9', 'B', at('02-01'), 'Email', 'email_sent', 'none', 'V1'),
        event('I10', 'B', at('02-02'), 'Email', 'email_open', 'unsubscribe', 'V1'),
      ]);
    const conversion = { lead_id: 'A', campaign_id: 'CMP1', conversion_type: 'purchase' };
    await unit.of(Conversion).insert([
      { ...conversion, conversion_id: 'X1', converted_at: at('02-06'), conversion_value_usd: 0.1 },
      { ...conversion, conversion_id: 'X2', converted_at: at('02-07'), conversion_value_usd: 0.2 },
    ]);
    const memory = {
      lead_id: 'A',
      last_utterance_summary: 'wants a demo',
      active_intent: 'book_demo',
      slots_json: { day: 'Monday' },
    };
    await unit.of(ShortTermMemory).insert([
      { ...memory, conversation_id: 'old', expires_at: at('02-10') },
      { ...memory, conversation_id: 'kept', expires_at: at('03-03') },
      { ...memory, conversation_id: 'short', expires_at: at('03-02', 11) },
    ] as ShortTermMemory[]);
    await unit
      .of(LongTermMemory)
      .insert({
        lead_id: 'A',
        preferences_json: { best_contact_time: '09:00-12:00', preferred_channels: ['Call', 7], interests: 'none' },
        rfm_score: 0.7,
        last_updated_at: at('02-01'),
      } as unknown as LongTermMemory);
  });
  herald.app.get(PortfolioRatesReader).forget();
});
afterAll(() => herald.stop());

async function facts<T>(address: string, view: string, ids: string[]): Promise<T[]> {
  return herald.app.get(ResourcePort).search<T[]>(address, { view, ids }, { principal: SYSTEM });
}

describe('the facts of triage', () => {
  it('count a lead’s own history and what is known of its like', async () => {
    const [lead] = await facts<TriageFacts>('db://leads', 'triage_facts', ['A']);
    expect(lead).toEqual({
      as_of: NOW,
      lead: {
        lead_id: 'A',
        created_at: at('01-15'),
        source: 'Website',
        campaign_id: 'CMP1',
        lead_status: 'Open',
        company_size: '51-200',
        industry: 'SaaS',
        persona: 'CMO',
        region: 'EU',
        preferred_channel: 'Email',
        gdpr_consent: true,
        last_active_at: at('02-05'),
      },
      campaign: { campaign_id: 'CMP1', objective: 'Lead Gen', primary_region: 'EU', target_personas: ['CMO'] },
      history: {
        total: 8,
        sends: 2,
        opens: 1,
        clicks: 1,
        site_visits: 1,
        replies: 3,
        positive_replies: 2,
        negative_replies: 1,
        positive: 1,
        negative: 1,
        unsubscribes: 0,
        callbacks: 1,
        last_at: at('03-01'),
        last_engaged_at: at('02-05'),
      },
      short_term: {
        conversation_id: 'kept',
        active_intent: 'book_demo',
        last_utterance_summary: 'wants a demo',
        slots: { day: 'Monday' },
        expires_at: at('03-03'),
      },
      conversions: { count: 2, value_usd: 0.3, last_at: at('02-07') },
      heard_before: false,
      mean_conversion_usd: 0.15,
      base_rates: {
        overall: { leads: 3, converted: 1 },
        source: { leads: 2, converted: 1 },
        industry: { leads: 2, converted: 1 },
        company_size: { leads: 2, converted: 1 },
      },
      known: expect.arrayContaining([
        {
          fact_id: expect.any(String),
          name: 'preferred_channel',
          value: 'Call',
          confidence: 0.7,
          valid_from: at('02-01'),
        },
      ]),
      episodes: [],
    });
  });

  it('of a lead without any history are empty, but for what it wrote in the form', async () => {
    const [lead] = await facts<TriageFacts>('db://leads', 'triage_facts', ['C']);
    expect(lead!.history).toMatchObject({ total: 0, replies: 0, last_at: null });
    expect(lead).toMatchObject({
      campaign: null,
      conversions: { count: 0, value_usd: 0, last_at: null },
      short_term: { last_utterance_summary: 'I have a question', active_intent: null },
      base_rates: { source: { leads: 1, converted: 0 } },
      lead: { gdpr_consent: false },
    });
  });

  it('come for many at once, without those that do not exist', async () => {
    expect(
      (await facts<TriageFacts>('db://leads', 'triage_facts', ['C', 'none', 'A', 'B']))
        .map(({ lead }) => lead.lead_id)
        .sort(),
    ).toEqual(['A', 'B', 'C']);
    expect(await facts('db://leads', 'triage_facts', [])).toEqual([]);
    await expect(facts('db://leads', 'triage_facts', 'A' as never)).rejects.toThrow('ids');
  });

  it('hold nothing that says who the person is', async () => {
    for (const view of ['triage_facts', 'engagement_facts'])
      expect(JSON.stringify(await facts('db://leads', view, ['A', 'B', 'C']))).not.toContain('@');
  });
});

describe('the facts of engagement', () => {
  it('count distinct leads by variant and channel, and hold what is remembered', async () => {
    const [lead] = await facts<EngagementFacts>('db://leads', 'engagement_facts', ['A']);
    const byChannel = {
      Call: { trials: 1, successes: 1 },
      Email: { trials: 2, successes: 1 },
      SMS: { trials: 1, successes: 0 },
      Web: { trials: 1, successes: 0 },
    };
    expect(lead).toMatchObject({
      as_of: NOW,
      lead: { lead_score: 70, has_email: true, has_phone: false },
      campaign: { name: 'One', channel_mix: ['Email', 'SMS'] },
    });
    expect(lead!.variants).toEqual([
      {
        variant_id: 'V1',
        channel: 'Email',
        creative_type: 'SubjectLine',
        subject_line: 'Hello',
        call_to_action: 'Reply',
        tone: 'Warm',
        length_words: 9,
        trials: 2,
        successes: 1,
      },
    ]);
    expect(lead!.channel_rates).toEqual(byChannel);
    expect(lead!.persona_channel_rates).toEqual(byChannel);
    expect(lead!.lead_channels).toEqual([
      { channel: 'Call', sends: 0, positive: 1, negative: 0, unsubscribes: 0 },
      { channel: 'Email', sends: 1, positive: 1, negative: 1, unsubscribes: 0 },
      { channel: 'SMS', sends: 1, positive: 0, negative: 0, unsubscribes: 0 },
      { channel: 'Web', sends: 0, positive: 0, negative: 0, unsubscribes: 0 },
    ]);
    expect(lead!.long_term).toEqual({
      best_contact_time: '09:00-12:00',
      preferred_channels: ['Call'],
      interests: [],
      rfm_score: 0.7,
      last_updated_at: at('02-01'),
    });
    expect(lead!.past_messages).toEqual([]);
  });

  it('of a persona that nobody has met yet are empty', async () => {
    expect((await facts<EngagementFacts>('db://leads', 'engagement_facts', ['C']))[0]).toMatchObject({
      persona_channel_rates: {},
      variants: [],
      campaign: null,
      long_term: null,
    });
  });
});

it('the facts of optimization are the campaign’s days, peers, variants, channels and personas', async () => {
  const [one] = await facts<OptimizationFacts>('db://campaigns', 'optimization_facts', ['CMP1', 'none']);
  expect(one).toMatchObject({
    as_of: NOW,
    campaign: {
      campaign_id: 'CMP1',
      status: 'active',
      daily_budget_usd: 100.5,
      total_budget_usd: 9000,
      target_personas: ['CMO'],
      excluded_variant_ids: ['V2'],
      optimized_at: null,
    },
    peers: [
      {
        campaign_id: 'CMP2',
        impressions: 3000,
        clicks: 90,
        leads_created: 18,
        conversions: 6,
        cost_usd: 0.3,
        revenue_usd: 0.6,
      },
    ],
    variants: [{ variant_id: 'V1', channel: 'Email', trials: 2, successes: 1 }],
    channels: [
      { channel: 'Call', trials: 1, successes: 1 },
      { channel: 'Email', trials: 2, successes: 1 },
      { channel: 'SMS', trials: 1, successes: 0 },
      { channel: 'Web', trials: 1, successes: 0 },
    ],
    personas: [{ persona: 'CMO', trials: 2, successes: 1 }],
  });
  expect(one!.daily.map(({ date, cost_usd }) => [date, cost_usd])).toEqual([
    ['2026-02-28', 0.2],
    ['2026-03-01', 0.1],
  ]);
});

it('the rates of the portfolio count distinct leads, and the mean worth of a conversion exactly', async () => {
  const rates = await herald.app.get(PortfolioRatesReader).current();
  expect(rates).toMatchObject({ overall: { leads: 3, converted: 1 }, meanConversionUsd: 0.15 });
  expect([...rates.byVariant]).toEqual([['V1', { trials: 2, successes: 1 }]]);
  expect([...rates.byPersonaAndChannel.keys()]).toEqual(['CMO']);
  expect(await herald.app.get(PortfolioRatesReader).current()).toBe(rates);
});

describe('how campaigns stand', () => {
  const standsAt = async (now: string) =>
    Object.fromEntries(
      [...(await readCampaignPhases(herald.app.get(Campaigns), herald.app.get(Database), now))].map(([id, phase]) => [
        id,
        phase,
      ]),
    );

  it('goes by their terms at the moment that is asked about, whatever was reported', async () => {
    expect(await standsAt(NOW)).toEqual({ CMP1: 'active', CMP2: 'ended', CMP3: 'planned', CMP4: 'paused' });
    expect(await standsAt(at('01-20'))).toMatchObject({ CMP1: 'active', CMP2: 'active', CMP3: 'planned' });
    expect(await standsAt('2026-09-01T00:00:00.000Z')).toMatchObject({ CMP1: 'ended', CMP3: 'active' });
  });
});

it('the history of a lead takes neither our sends nor what providers report of them for engagement', async () => {
  await herald.app.get(UnitOfWork).run(async (unit) => {
    const source = { created_at: at('01-15'), source: 'Website', lead_status: 'Open' };
    await unit.of(Lead).insert({ ...source, lead_id: 'D', campaign_id: null, last_active_at: at('02-01') });
    const events: [string, string][] = [
      ['Web', 'site_visit'],
      ['Email', 'email_sent'],
      ['Email', 'delivered'],
      ['Email', 'bounce'],
      ['SMS', 'sms_sent'],
      ['Social', 'social_sent'],
      ['Ads', 'ads_sent'],
      ['Web', 'web_sent'],
      ['Call', 'call_made'],
    ];
    await unit
      .of(Interaction)
      .insert(
        events.map(([channel, event_type], index) => ({
          interaction_id: `D${index}`,
          lead_id: 'D',
          campaign_id: null,
          timestamp: at(`02-${String(index + 1).padStart(2, '0')}`),
          channel,
          event_type,
          outcome: 'none',
          variant_id: null,
          metadata_json: {},
        })),
      );
  });
  const [triage] = await facts<TriageFacts>('db://leads', 'triage_facts', ['D']);
  expect(triage!.history).toMatchObject({ total: 7, sends: 6, site_visits: 1, last_engaged_at: at('02-01') });
  expect(silentDays(triage!)).toBeCloseTo(29 + 1 / 24, 10);
  const [engagement] = await facts<EngagementFacts>('db://leads', 'engagement_facts', ['D']);
  expect(engagement!.lead_channels.map(({ channel, sends }) => [channel, sends])).toEqual([
    ['Ads', 1],
    ['Call', 1],
    ['Email', 1],
    ['SMS', 1],
    ['Social', 1],
    ['Web', 1],
  ]);
});
