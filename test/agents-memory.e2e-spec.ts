import type { EngagementInputs } from '../src/agents/engagement/index.js';
import { engagementPolicyWithoutFacts } from '../src/agents/engagement/index.js';
import { someEngagementFacts } from '../src/agents/core/facts.fixture.js';
import { FixedClock } from '../src/config/index.js';
import { Database, type Unit, UnitOfWork } from '../src/database/index.js';
import { Ledger } from '../src/decisions/index.js';
import { Decision } from '../src/decisions/decision.entity.js';
import { MemoryService } from '../src/memory/index.js';
import { EpisodicMemory } from '../src/memory/episodic/episodic.entities.js';
import { SemanticTriple } from '../src/memory/semantic/semantic.entities.js';
import { EngagementEpisodes } from '../src/orchestrator/engagement/engagement-episodes.js';
import { Playbooks } from '../src/orchestrator/facts/playbooks.js';
import { CampaignOutcomes } from '../src/orchestrator/optimization/campaign-outcomes.js';
import { DeliveryRecords } from '../src/outreach/delivery-records.js';
import { ADMIN, type StartedApp, startApp } from './app.js';
import { storeCampaign, storeLead } from './factories.js';
import { AbVariant } from '../src/crm/campaigns/ab-variant.entity.js';
import { CampaignDay } from '../src/crm/campaigns/campaign-day.entity.js';
import { Message } from '../src/outreach/message.entity.js';

const MONDAY = '2026-03-02T10:00:00.000Z';
const DAY_MS = 86_400_000;

const clock = new FixedClock(MONDAY);
let herald: StartedApp;
let token: string;
beforeAll(async () => {
  herald = await startApp({ clock });
  token = herald.token;
  await storeCampaign(herald, { campaign_id: 'CMP-1', channel_mix: ['Web'] });
  const variant = {
    campaign_id: 'CMP-1',
    channel: 'Web',
    creative_type: 'LandingPage',
    subject_line: 'Hello',
    tone: 'Friendly',
    length_words: 9,
  };
  await write((unit) =>
    unit.of(AbVariant).insert([
      { ...variant, variant_id: 'V1', call_to_action: 'Book Demo' },
      { ...variant, variant_id: 'V2', call_to_action: 'Start Trial' },
    ]),
  );
});
afterAll(() => herald.stop());

const write = <T>(work: (unit: Unit) => Promise<T>) => herald.app.get(UnitOfWork).run(work);
const call: StartedApp['call'] = (method, path, body) => herald.call(method, `/api/v1${path}`, body, { token });
const memory = () => herald.app.get(MemoryService);
const decisionOf = (id: string) => herald.app.get(Ledger).get(stored(), id);
const stored = () => herald.app.get(Database);
const wait = async (days: number) => {
  clock.advance(days * DAY_MS);
  token = (await herald.call('POST', '/api/v1/auth/login', ADMIN)).body.access_token;
};

async function aLeadWithoutLikings(over: object = {}): Promise<string> {
  return (
    await storeLead(
      { ...herald, call: (method, path, body) => herald.call(method, path, body, { token }) },
      { campaign_id: 'CMP-1', preferred_channel: null, company_size: '201-1000', ...over },
    )
  ).lead_id;
}
async function engage(lead_id: string) {
  const { status, body } = await call('POST', `/leads/${lead_id}/engage`, {});
  expect([status, body.outcome]).toEqual([200, 'message']);
  return { ...body, decision: (await decisionOf(body.decision_id))! };
}
const learn = (lead_id: string, facts: [name: string, value: unknown, confidence: number][]) =>
  write((unit) =>
    memory().learn(
      unit,
      facts.map(([name, value, confidence]) => ({ lead_id, name, value, confidence, source: 'api' as const })),
      clock.iso(),
    ),
  );
async function send({ message: { message_id } }: { message: { message_id: string } }): Promise<void> {
  await write(async (unit) => {
    await unit
      .of(Message)
      .update({ message_id }, { attempts: 1, status: 'sending', claimed_at: clock.iso(), planned_for: clock.iso() });
    await herald.app.get(DeliveryRecords).sent(unit, (await unit.of(Message).get(message_id))!, null);
  });
}
const episodesOf = async (leadId: string) =>
  await stored().query(
    'SELECT t.telling_id, t.outcome_score, t.episode_id FROM memory_episodic_tellings t WHERE t.lead_id = ? ORDER BY t.told_at',
    [leadId],
  );
const replay = async (decisionId: string, body: object = {}) =>
  (await call('POST', `/decisions/${decisionId}/replay`, body)).body;

describe('engagement', () => {
  it('goes to the channel that memory has learned to be preferred, says which facts it read, and replays to the last bit', async () => {
    // a chosen id, for it seeds the draws
    const lead_id = await aLeadWithoutLikings({ lead_id: 'has-likings' });
    const before = await engage(lead_id);
    const other = ['Email', 'SMS', 'Social', 'Ads', 'Call'].find((channel) => channel !== before.message.channel)!;
    await learn(lead_id, [
      ['preferred_channel', other, 0.99],
      ['best_contact_hour', 16, 0.9],
      ['interest', 'security', 0.8],
    ]);
    // one fact moves the odds; a lead to which nothing good came of the others leaves no doubt (an answer would open a
    // case, and nothing would go to it)
    for (const channel of ['Email', 'SMS', 'Social', 'Ads', 'Call'].filter((each) => each !== other)) {
      await call('POST', '/interactions', { lead_id, channel, event_type: 'site_visit', outcome: 'negative' });
    }
    const after = await engage(lead_id);
    expect(after.message.channel).toBe(other);
    expect(after.decision.outcome).toMatchObject({ message: { window: '16:00-18:00', topic: 'security' } });
    const facts = await memory().factsOf(stored(), [lead_id]);
    const preferred = facts.find(({ name, value_json }) => name === 'preferred_channel' && value_json === other)!;
    expect(after.decision.facts).toContainEqual({
      id: preferred.fact_id,
      valid_at: preferred.valid_from,
      source: 'cache://memory',
    });
    expect(after.reasons).toContainEqual(expect.stringContaining('memory holds it as preferred'));
    await learn(lead_id, [['preferred_channel', null, 1]]);
    for (const { decision_id } of [before, after])
      expect(await replay(decision_id)).toMatchObject({ identical: true, replayed_version: '1.2.0' });
  });

  it('leans on episodes and lessons of the situation, and names them', async () => {
    await write((unit) =>
      memory().rememberEpisodes(
        unit,
        [
          { scenario: 'smb_quick_win', action_sequence_json: ['offer_trial'], outcome_score: 0.95, notes: 'x' },
          { scenario: 'smb_quick_win', action_sequence_json: ['book_demo'], outcome_score: 0.05, notes: 'x' },
        ].flatMap((each) => Array.from({ length: 12 }, () => each)),
        { now: clock.iso(), source: 'test' },
      ),
    );
    await call('POST', '/memory/consolidate', {});
    herald.app.get(Playbooks).forget();
    const { decision, message } = await engage(await aLeadWithoutLikings({ lead_id: 'asks-the-playbook' }));
    expect(message.variant_id).toBe('V2');
    const triple = (await stored().of(SemanticTriple).find({ predicate: 'works_with', object: 'offer_trial' }))[0]!;
    const episode = (await stored().of(EpisodicMemory).find({ scenario: 'smb_quick_win' }))[0]!;
    expect(decision.facts).toEqual(
      expect.arrayContaining([
        { id: triple.triple_id, valid_at: triple.valid_from, source: 'kg://graph' },
        { id: episode.episode_id, valid_at: clock.iso(), source: 'cache://memory' },
      ]),
    );
    expect(await replay(decision.decision_id)).toMatchObject({ identical: true });
  });

  it('replays what the first version of its policy decided under that version, and says so where there is none', async () => {
    const inputs: EngagementInputs = {
      facts: someEngagementFacts(),
      mode: 'engage',
      landing_base_url: null,
      allowed_link_hosts: [],
      drafted_words: null,
    };
    const { name, version } = engagementPolicyWithoutFacts;
    const made = {
      agent_id: 'EN-001',
      agent_type: 'Engagement',
      kind: 'lead.engage',
      subject: { type: 'lead', id: 'L0' },
      seed: 's',
      inputs,
      facts: [],
      ...engagementPolicyWithoutFacts.decide(inputs, 's'),
    };
    const [old, unknown] = await write((unit) =>
      herald.app.get(Ledger).record(unit, [
        { decision: { ...made, policy: { name, version } }, inverse: null },
        { decision: { ...made, policy: { name, version: '0.9.0' } }, inverse: null },
      ]),
    );
    expect(await replay(old!)).toMatchObject({ identical: true, recorded_version: '1.0.0', replayed_version: '1.0.0' });
    expect(await replay(unknown!)).toMatchObject({
      code: 'policy_unknown',
      detail: expect.stringContaining('it has 1.0.0, 1.1.0'),
    });
  });

  it('writes one episode for an engagement that was answered, however often it is told', async () => {
    const lead_id = await aLeadWithoutLikings();
    const engaged = await engage(lead_id);
    await send(engaged);
    await wait(1 / 24);
    const event = { type: 'replied', outcome: 'positive' };
    for (const event_id of ['E1', 'E1', 'E2'])
      await call('POST', `/messages/${engaged.message.message_id}/events`, { ...event, event_id });
    await call('POST', '/conversions', { lead_id, conversion_value_usd: 10, conversion_type: 'purchase' });
    const told = await episodesOf(lead_id);
    expect(told).toEqual([
      { telling_id: `engagement:${engaged.decision_id}`, outcome_score: 0.9, episode_id: expect.any(String) },
    ]);
    const episode = (await stored().of(EpisodicMemory).get(String(told[0]!.episode_id)))!;
    expect(episode.action_sequence_json).toEqual(
      expect.arrayContaining([`on_${engaged.message.channel.toLowerCase()}`, 'tone_friendly', 'to_cmo']),
    );
    expect((await memory().factsOf(stored(), [lead_id])).map(({ name }) => name)).toContain('rfm_score');
  });

  it('counts what nobody answered in a week as such, once', async () => {
    const lead_id = await aLeadWithoutLikings();
    await send(await engage(lead_id));
    const episodes = herald.app.get(EngagementEpisodes);
    await wait(6);
    await episodes.finishUnanswered();
    expect(await episodesOf(lead_id)).toEqual([]);
    await wait(1);
    expect(await episodes.finishUnanswered()).toBeGreaterThan(0);
    expect(await episodes.finishUnanswered()).toBe(0);
    expect(await episodesOf(lead_id)).toEqual([expect.objectContaining({ outcome_score: 0.1 })]);
  });

  it('does not take up again, as silence, what a lead answered before its memory was erased', async () => {
    const lead_id = await aLeadWithoutLikings();
    const engaged = await engage(lead_id);
    await send(engaged);
    await wait(1 / 24);
    await call('POST', `/messages/${engaged.message.message_id}/events`, {
      type: 'replied',
      outcome: 'positive',
      event_id: 'F1',
    });
    // opened once more, which tells less
    await call('POST', `/messages/${engaged.message.message_id}/events`, { type: 'opened', event_id: 'F2' });
    expect((await call('DELETE', `/memory/leads/${lead_id}`)).status).toBe(200);
    await wait(8);
    await herald.app.get(EngagementEpisodes).finishUnanswered();
    expect(await episodesOf(lead_id)).toEqual([]);
    expect((await stored().of(Decision).get(engaged.decision_id))!.measured_outcome).toMatchObject({
      event: 'replied',
      succeeded: true,
    });
  });

  it('puts a conversion down to the last message before it', async () => {
    const lead_id = await aLeadWithoutLikings();
    await send(await engage(lead_id));
    await wait(1 / 24);
    await call('POST', '/conversions', { lead_id, conversion_value_usd: 10, conversion_type: 'purchase' });
    expect(await episodesOf(lead_id)).toEqual([expect.objectContaining({ outcome_score: 1 })]);
  });
});

describe('triage', () => {
  it('remembers an intent of an earlier conversation, and records the fact', async () => {
    const lead_id = await aLeadWithoutLikings();
    const before = (await call('POST', `/leads/${lead_id}/triage`, {})).body;
    await learn(lead_id, [['intent', 'purchase', 0.9]]);
    const after = (await call('POST', `/leads/${lead_id}/triage`, {})).body;
    expect(after.reasons.join()).toContain('an earlier conversation showed purchase');
    const p = async (id: string) =>
      ((await stored().of(Decision).get(id))!.outcome as { probabilities: Record<string, number> }).probabilities[
        'Campaign Qualified'
      ]!;
    expect(await p(after.decision_id)).toBeGreaterThan(await p(before.decision_id));
    const fact = (await memory().factsOf(stored(), [lead_id])).find(({ name }) => name === 'intent')!;
    expect((await decisionOf(after.decision_id))!.facts).toContainEqual({
      id: fact.fact_id,
      valid_at: fact.valid_from,
      source: 'cache://memory',
    });
    for (const { decision_id } of [before, after]) expect(await replay(decision_id)).toMatchObject({ identical: true });
  });
});

describe('optimization', () => {
  it('remembers what became of its changes once the days are in, and only then', async () => {
    await storeCampaign(
      { ...herald, call: (method, path, body) => herald.call(method, path, body, { token }) },
      { campaign_id: 'CMP-2', channel_mix: ['Web'] },
    );
    const change = { type: 'budget_reallocation', change: { daily_budget_usd: 110 }, auto_apply: true };
    const facts = { campaign: { campaign_id: 'CMP-2', objective: 'Lead Gen', channel_mix: ['Web'] } };
    const [decisionId] = await write((unit) =>
      herald.app
        .get(Ledger)
        .record(unit, [
          {
            decision: {
              agent_id: 'OP-001',
              agent_type: 'Optimizer',
              kind: 'campaign.optimize',
              subject: { type: 'campaign', id: 'CMP-2' },
              policy: { name: 'evidence-optimizer', version: '1.1.0' },
              seed: 's',
              inputs: { facts },
              facts: [],
              outcome: { optimizations: [change] },
              choice: 'budget_reallocation',
              confidence: 1,
              alternatives: [],
              reasons: [],
              expected_effect: null,
            },
            inverse: { type: 'campaign.change', expects: {} },
          },
        ]),
    );
    const changedAt = clock.now().getTime();
    const day = (offset: number, revenue_usd: number): CampaignDay => ({
      campaign_id: 'CMP-2',
      date: new Date(changedAt + offset * DAY_MS).toISOString().slice(0, 10),
      impressions: 1000,
      clicks: 30,
      ctr: 0.03,
      leads_created: 1,
      conversions: 1,
      cost_usd: 100,
      revenue_usd,
      cpl_usd: 1,
      roas: 1,
    });
    const measure = () => write((unit) => herald.app.get(CampaignOutcomes).measureLast(unit, 'CMP-2', clock.iso()));
    await write((unit) => unit.of(CampaignDay).insert([...Array(14).keys()].map((index) => day(index - 14, 300))));
    await measure();
    expect((await stored().of(Decision).get(decisionId!))!.measured_at).toBeNull();
    await write((unit) => unit.of(CampaignDay).insert([...Array(7).keys()].map((index) => day(index + 1, 100))));
    await measure();
    await measure();
    expect((await stored().of(Decision).get(decisionId!))!.measured_outcome).toMatchObject({
      changes: [{ type: 'budget_reallocation', metric: 'roas', before: 3, after: 1, outcome: 0.25 }],
    });
    const [episode, ...more] = await stored().of(EpisodicMemory).find({ scenario: 'campaign_change' });
    expect(more).toEqual([]);
    expect(episode).toMatchObject({ action_sequence_json: ['budget_reallocation'], outcome_score: 0.25 });
    herald.app.get(Playbooks).forget();
    const { body } = await call('POST', '/campaigns/CMP-2/optimize', {});
    expect((await decisionOf(body.decision_id))!.facts).toContainEqual(
      expect.objectContaining({ id: episode!.episode_id }),
    );
  });
});

describe('the next best action', () => {
  it('is recommended on present facts, and nothing is done', async () => {
    const lead_id = await aLeadWithoutLikings({ source: 'Referral' });
    await learn(lead_id, [['intent', 'purchase', 0.9]]);
    const count = () => stored().of(Decision).count({ subject_id: lead_id });
    const before = await count();
    const { status, body } = await call('GET', `/leads/${lead_id}/recommendation`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ lead_id, category: expect.any(String), confidence: expect.any(Number) });
    expect(['send_message', 'ask_a_person']).toContain(body.action);
    if (body.action === 'send_message')
      expect(body).toMatchObject({
        channel: expect.any(String),
        planned_for: expect.any(String),
        expected_success: expect.any(Number),
      });
    expect(body.facts).toContainEqual(expect.objectContaining({ source: 'cache://memory' }));
    expect(await count()).toBe(before);
    expect((await call('GET', '/leads/nobody/recommendation')).status).toBe(404);
    const refused = await call(
      'GET',
      `/leads/${await aLeadWithoutLikings({ gdpr_consent: false, source: 'Referral' })}/recommendation`,
    );
    expect(['wait_for_consent', 'ask_a_person', 'hand_to_support']).toContain(refused.body.action);
  });
});
