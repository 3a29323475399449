import { FixedClock } from '../src/config/index.js';
import { Database, type Unit, UnitOfWork } from '../src/database/index.js';
import { HandoffDelivery } from '../src/orchestrator/handoffs/handoff-delivery.js';
import { HANDOFF_TOPIC, Handoffs, contextHash } from '../src/orchestrator/handoffs/handoffs.js';
import { JobClock, Outbox } from '../src/queue/index.js';
import { IdempotencyRecord } from '../src/operations/idempotency-record.entity.js';
import { Handoff } from '../src/orchestrator/handoffs/handoff.entity.js';
import { OutboxRow } from '../src/queue/outbox-row.entity.js';
import { type ApiAnswer, type StartedApp, startApp } from './app.js';
import { settled, storeCampaign, storeDays, storeInteraction, storeLead } from './factories.js';
import { AgentAction } from '../src/crm/conversations/agent-action.entity.js';
import type { Lead } from '../src/crm/leads/lead.entity.js';
import { Message } from '../src/outreach/message.entity.js';

const MONDAY = '2026-03-02T10:00:00.000Z';
const DAY_MS = 86_400_000;

let herald: StartedApp;
let clock: FixedClock;
beforeAll(async () => {
  clock = new FixedClock(MONDAY);
  herald = await startApp({ clock });
  // the tests tick themselves: on a slow machine its own timer would promise hours of which they move the clock to
  // and fro
  herald.app.get(JobClock).beforeApplicationShutdown();
  await storeCampaign(herald, { campaign_id: 'CMP-1' });
});
afterAll(() => herald.stop());

const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  herald.call(method, `/api/v1${path}`, body, { ...(headers && { headers }) });
const write = <T>(work: (unit: Unit) => Promise<T>) => herald.app.get(UnitOfWork).run(work);
const stored = () => herald.app.get(Database);
const leadOf = async (id: string) => (await call('GET', `/leads/${id}`)).body;
const listOf = async (path: string) => (await call('GET', path)).body.items;

/** Leads that triage sends each its own way. */
async function qualified(over: Record<string, unknown> = {}): Promise<string> {
  const { lead_id } = await storeLead(herald, {
    campaign_id: 'CMP-1',
    source: 'Referral',
    company_size: '201-1000',
    ...over,
  });
  for (let index = 0; index < 2; index++) await storeInteraction(herald, lead_id, { outcome: 'positive' });
  return lead_id;
}
async function cold(): Promise<string> {
  const { lead_id } = await storeLead(herald, {
    campaign_id: 'CMP-1',
    source: 'Outbound',
    company_size: '1-10',
    persona: 'Student',
  });
  for (const outcome of ['negative', 'negative', 'negative'])
    await storeInteraction(herald, lead_id, { event_type: 'email_open', outcome });
  return lead_id;
}
async function curious(): Promise<string> {
  const { lead_id } = await storeLead(herald, { persona: 'Founder' });
  for (const event_type of ['site_visit', 'site_visit', 'reply', 'reply'])
    await storeInteraction(herald, lead_id, { event_type });
  return lead_id;
}
async function unknown(): Promise<string> {
  const nothing = { company_size: null, industry: null, persona: null, region: null };
  return (await storeLead(herald, { ...nothing, gdpr_consent: false })).lead_id;
}
async function triaged(lead_id: string, body: object = {}): Promise<ApiAnswer['body']> {
  const { status, body: answer } = await call('POST', `/leads/${lead_id}/triage`, body);
  expect(status).toBe(200);
  return answer;
}

describe('triage', () => {
  it('answers in the agreed shape and records a decision that is explained and replays identically', async () => {
    const lead_id = await qualified();
    const answer = await triaged(lead_id, { priority: 'high' });
    expect(answer).toMatchObject({
      lead_id,
      category: 'Campaign Qualified',
      priority: 'high',
      route: 'engagement',
      is_low_confidence: false,
      agent_id: 'LT-001',
    });
    expect(answer.confidence).toBeGreaterThanOrEqual(0.8);
    expect(answer.score).toBeLessThanOrEqual(100);
    expect(answer.factors.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['company_size', 'industry', 'engagement_history', 'source_quality']),
    );

    const { body: decision } = await call('GET', `/decisions/${answer.decision_id}`);
    expect(decision).toMatchObject({
      kind: 'lead.triage',
      subject_type: 'lead',
      subject_id: lead_id,
      status: 'applied',
      choice: 'Campaign Qualified',
      is_reversible: true,
    });
    expect(decision.explanation.join(' ')).toContain('Campaign Qualified');
    expect(decision.alternatives).toHaveLength(3);
    expect((await call('POST', `/decisions/${answer.decision_id}/replay`, {})).body).toMatchObject({
      identical: true,
      flips: false,
      differences: [],
    });
    expect(await leadOf(lead_id)).toMatchObject({
      triage_category: 'Campaign Qualified',
      lead_score: Math.round(answer.score),
      lead_status: 'Qualified',
    });
    const [action] = (await listOf(`/agent-actions?lead_id=${lead_id}`)).filter(
      ({ action_type }: { action_type: string }) => action_type === 'triage',
    );
    expect(action).toMatchObject({
      source_agent: 'LT-001',
      dest_agent_type: 'Engagement',
      conversation_id: answer.conversation_id,
    });
  });

  it('is undone once, restoring the lead, and what was to follow does not', async () => {
    const lead_id = await curious();
    const before = await leadOf(lead_id);
    const { decision_id, handoff_id, category } = await triaged(lead_id);
    expect(category).toBe('General Inquiry');
    await settled(herald);
    const undone = await call('POST', `/decisions/${decision_id}/undo`, { reason: 'a test' });
    expect([undone.status, undone.body.status]).toEqual([200, 'undone']);
    const fields = ({ triage_category, lead_score, lead_status, flow_state }: Lead) => ({
      triage_category,
      lead_score,
      lead_status,
      flow_state,
    });
    expect(fields(await leadOf(lead_id))).toEqual(fields(before));
    expect((await call('GET', `/handoffs/${handoff_id}`)).body).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('undone'),
    });
    expect((await call('POST', `/decisions/${decision_id}/undo`, { reason: 'again' })).body).toMatchObject({
      status: 409,
      code: 'already_undone',
    });
  });

  it('follows at once when the lead is posted with triage: true', async () => {
    const { lead_id, flow_state } = await storeLead(herald, { triage: true, source: 'Referral', campaign_id: 'CMP-1' });
    expect(flow_state).toBe('new');
    await settled(herald);
    const decisions = await listOf(`/decisions?subject_id=${lead_id}`);
    expect(decisions.map(({ kind }: { kind: string }) => kind)).toContain('lead.triage');
    expect((await leadOf(lead_id)).triage_category).not.toBeNull();
  });

  it('refuses an unknown lead, a wrong priority and a lead that has converted', async () => {
    expect((await call('POST', '/leads/L-none/triage', {})).body).toMatchObject({
      status: 404,
      code: 'lead_not_found',
    });
    const lead_id = await qualified();
    expect((await call('POST', `/leads/${lead_id}/triage`, { priority: 'asap' })).body.errors[0].path).toBe('priority');
    await call('POST', '/conversions', { lead_id, conversion_value_usd: 10, conversion_type: 'purchase' });
    expect((await call('POST', `/leads/${lead_id}/triage`, {})).body).toMatchObject({
      status: 409,
      code: 'lead_converted',
    });
  });
});

describe('the way after triage', () => {
  it('of a qualified lead with consent is engagement: one message is planned under the decision’s key', async () => {
    const lead_id = await qualified();
    const { handoff_id } = await triaged(lead_id);
    await settled(herald);
    const { body: handoff } = await call('GET', `/handoffs/${handoff_id}`);
    expect(handoff).toMatchObject({
      status: 'completed',
      purpose: 'engagement',
      from_agent: 'LT-001',
      to_agent: 'EN-001',
      failure: null,
    });
    const [message, ...others] = await stored().of(Message).find({ lead_id });
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      status: 'planned',
      campaign_id: 'CMP-1',
      idempotency_key: `engage:${handoff.result.decision_id}`,
      decision_id: handoff.result.decision_id,
      origin: 'EN-001',
    });
    expect(message!.planned_for > clock.iso()).toBe(true);
    expect(await leadOf(lead_id)).toMatchObject({ flow_state: 'outreach', assigned_engagement_agent: 'EN-001' });
    const memory = (await herald.call('GET', `/api/agents/memory/retrieve?lead_id=${lead_id}`)).body.short_term[0];
    expect(memory.slots_json).toMatchObject({
      triage: { category: 'Campaign Qualified' },
      outreach: { decision_id: handoff.result.decision_id },
    });
  });

  it('of a qualified lead without consent plans nothing', async () => {
    const lead_id = await qualified({ gdpr_consent: false });
    await triaged(lead_id);
    await settled(herald);
    expect(await stored().of(Message).count({ lead_id })).toBe(0);
    expect(await leadOf(lead_id)).toMatchObject({ flow_state: 'no_consent', lead_status: 'Qualified' });
  });

  it('of a cold lead is the slow sequence', async () => {
    const lead_id = await cold();
    expect(await triaged(lead_id)).toMatchObject({ category: 'Cold Lead', route: 'nurture' });
    await settled(herald);
    expect(await leadOf(lead_id)).toMatchObject({ flow_state: 'nurturing', lead_status: 'Open' });
    expect(await listOf(`/handoffs?lead_id=${lead_id}`)).toEqual([
      expect.objectContaining({ purpose: 'nurture', status: 'completed' }),
    ]);
  });

  it('of an inquiry waits for a person, who says when it is done', async () => {
    const lead_id = await curious();
    const { route, handoff_id } = await triaged(lead_id);
    expect(route).toBe('support');
    await settled(herald);
    expect((await call('GET', `/handoffs/${handoff_id}`)).body).toMatchObject({
      status: 'delivered',
      to_agent_type: 'Manager',
      acknowledged_at: null,
      completed_at: null,
    });
    const done = await call('POST', `/handoffs/${handoff_id}/complete`, { note: 'answered by phone' });
    expect(done.body).toMatchObject({
      status: 'completed',
      completed_at: clock.iso(),
      result: { note: 'answered by phone' },
    });
    expect((await call('POST', `/handoffs/${handoff_id}/complete`, {})).body).toMatchObject({
      status: 409,
      code: 'handoff_not_open',
    });
  });

  it('ends with a conversion: it counts for the campaign’s day, and what was planned is not sent', async () => {
    const { campaign_id } = await storeCampaign(herald);
    const lead_id = await qualified({ campaign_id });
    await triaged(lead_id);
    await settled(herald);
    for (const conversion_value_usd of [0.1, 0.2]) {
      expect(
        (await call('POST', '/conversions', { lead_id, conversion_value_usd, conversion_type: 'purchase' })).status,
      ).toBe(201);
    }
    const { days, totals } = (await call('GET', `/campaigns/${campaign_id}/daily`)).body;
    expect(days).toEqual([
      expect.objectContaining({ date: '2026-03-02', leads_created: 1, conversions: 2, revenue_usd: 0.3 }),
    ]);
    expect(totals).toMatchObject({ conversions: 2, revenue_usd: 0.3, roas: null, conversion_rate: 2 });
    expect(await leadOf(lead_id)).toMatchObject({ lead_status: 'Converted', flow_state: 'converted' });
    expect(
      (await stored().of(Message).find({ lead_id })).map(({ status, failure_reason }) => [status, failure_reason]),
    ).toEqual([['cancelled', 'the lead converted']]);
    expect((await call('POST', `/leads/${lead_id}/engage`, {})).body).toMatchObject({
      status: 409,
      code: 'lead_ended',
    });
  });
});

describe('a handoff', () => {
  const params = (lead_id: string, over: object = {}) => ({
    from_agent: 'lead_triage_001',
    to_agent: 'engagement_002',
    lead_id,
    context: { triage_category: 'Campaign Qualified', lead_score: 85, priority: 'high', notes: 'asked for a demo' },
    preservation_data: {
      short_term_memory: { said: 'hello' },
      conversation_history: [{ at: MONDAY, text: 'hi' }],
      next_actions: ['call'],
    },
    ...over,
  });

  it('in the agreed shape is acknowledged and completed once, with its context whole', async () => {
    const { lead_id } = await storeLead(herald, { campaign_id: 'CMP-1' });
    const asked = await call('POST', '/agents/handoff', params(lead_id));
    expect(asked.status).toBe(202);
    expect(asked.body).toMatchObject({
      status: 'requested',
      from_agent: 'LT-001',
      to_agent: 'EN-002',
      purpose: 'request',
    });
    await settled(herald);
    const { body } = await call('GET', `/handoffs/${asked.body.handoff_id}`);
    const { context, preservation_data } = params(lead_id);
    expect(body).toMatchObject({
      status: 'completed',
      acknowledged_at: clock.iso(),
      context,
      preservation_data,
      context_hash: asked.body.context_hash,
    });
    expect(await stored().of(AgentAction).count({ lead_id, action_type: 'handoff' })).toBe(1);
    expect(await leadOf(lead_id)).toMatchObject({ flow_state: 'outreach', assigned_engagement_agent: 'EN-002' });
    expect(await stored().of(OutboxRow).count({ topic: 'campaign.signal' })).toBeGreaterThan(0);
  });

  it('happens once however often it is delivered', async () => {
    const { lead_id } = await storeLead(herald, { campaign_id: 'CMP-1' });
    const { handoff_id } = (await call('POST', '/agents/handoff', params(lead_id))).body;
    await write((unit) =>
      herald.app.get(Outbox).add(
        unit,
        [1, 2, 3].map((again) => ({
          topic: HANDOFF_TOPIC,
          key: `again:${handoff_id}:${again}`,
          payload: { handoff_id },
        })),
      ),
    );
    await settled(herald);
    expect(await stored().of(AgentAction).count({ lead_id, action_type: 'handoff' })).toBe(1);
    expect(await stored().of(Message).count({ lead_id })).toBe(1);
  });

  it.each([
    ['LT-001', 'EN-002', 'LT-001', 'EN-002'],
    ['lead_triage', 'engagement', 'LT-001', 'EN-001'],
    ['LeadTriage', 'Optimizer', 'LT-001', 'OP-001'],
    ['engagement_003', 'campaign_optimizer', 'EN-003', 'OP-001'],
    ['EN', 'Manager', 'EN-001', 'MG-001'],
    ['OP-002', 'LT', 'OP-002', 'LT-001'],
  ])('takes %s and %s for names of agents', async (from_agent, to_agent, from, to) => {
    const { lead_id } = await storeLead(herald);
    const { status, body } = await call('POST', '/agents/handoff', params(lead_id, { from_agent, to_agent }));
    expect([status, body.from_agent, body.to_agent]).toEqual([202, from, to]);
    await settled(herald);
    const after = (await call('GET', `/handoffs/${body.handoff_id}`)).body;
    expect(after.status).toBe(to.startsWith('MG') ? 'delivered' : 'completed');
  });

  it.each<[object, string]>([
    [{ to_agent: 'postman' }, 'to_agent'],
    [{ from_agent: '' }, 'from_agent'],
    [{ context: 'all' }, 'context'],
    [{ preservation_data: { conversation_history: 'none' } }, 'preservation_data.conversation_history'],
    [{ preservation_data: { memory: {} } }, 'preservation_data.memory'],
    [{ preservation_data: { short_term_memory: { 'a\0': 1 } } }, 'preservation_data.short_term_memory'],
    [{ context: { constructor: {} } }, 'context.constructor'],
  ])('is refused: %j', async (over, path) => {
    const { lead_id } = await storeLead(herald);
    const { status, body } = await call('POST', '/agents/handoff', params(lead_id, over));
    expect([status, body.errors?.[0].path]).toEqual([400, path]);
    expect(await stored().of(Handoff).count({ lead_id })).toBe(0);
  });

  it('does not carry the conversation with another lead', async () => {
    const [{ lead_id }, other] = [await storeLead(herald), await storeLead(herald)];
    const { conversation_id } = await storeInteraction(herald, other.lead_id);
    expect((await call('POST', '/agents/handoff', params(lead_id, { conversation_id }))).body).toMatchObject({
      status: 409,
      code: 'conversation_of_another_lead',
    });
  });

  it('keeps the id of a conversation that only its sender knows, but no action is said to belong to it', async () => {
    const { lead_id } = await storeLead(herald);
    const { status, body } = await call(
      'POST',
      '/agents/handoff',
      params(lead_id, { conversation_id: 'a script knows it' }),
    );
    expect([status, body.conversation_id]).toEqual([202, 'a script knows it']);
    await settled(herald);
    const { items } = (await call('GET', `/agent-actions?lead_id=${lead_id}`)).body;
    const action = items.find(({ action_type }: { action_type: string }) => action_type === 'handoff');
    expect(action).toMatchObject({ conversation_id: null, handoff_context_json: { handoff_id: body.handoff_id } });
  });

  it('whose context did not arrive as it was sent fails and goes to a person', async () => {
    const { lead_id } = await storeLead(herald);
    const handoff_id = await write(async (unit) => {
      const common = {
        handoff_id: 'hof_broken',
        from_agent: 'LT-001',
        from_agent_type: 'LeadTriage',
        to_agent: 'EN-001',
        to_agent_type: 'Engagement',
        purpose: 'engagement',
      };
      const preservation_data = { short_term_memory: {}, conversation_history: [], next_actions: [] };
      await unit
        .of(Handoff)
        .insert({
          ...common,
          lead_id,
          context: { notes: 'half of' },
          preservation_data,
          context_hash: 'of the whole',
          status: 'requested',
          created_at: clock.iso(),
        });
      await herald.app
        .get(Outbox)
        .add(unit, [{ topic: HANDOFF_TOPIC, key: 'broken', payload: { handoff_id: 'hof_broken' } }]);
      return common.handoff_id;
    });
    await settled(herald);
    expect((await call('GET', `/handoffs/${handoff_id}`)).body).toMatchObject({
      status: 'failed',
      failure: 'the context did not arrive as it was sent',
    });
    expect(await listOf(`/escalations?lead_id=${lead_id}`)).toEqual([
      expect.objectContaining({ reason: 'complex_request', status: 'open', raised_by: 'EN-001' }),
    ]);
    expect(await stored().of(Message).count({ lead_id })).toBe(0);
  });

  it.each(['EN-001', 'LT-001'])('of a lead that converted meanwhile leaves it to rest: %s', async (to_agent) => {
    const lead_id = await qualified();
    await call('POST', '/conversions', { lead_id, conversion_value_usd: 10, conversion_type: 'purchase' });
    const { handoff_id } = (await call('POST', '/agents/handoff', params(lead_id, { to_agent }))).body;
    await settled(herald);
    expect((await call('GET', `/handoffs/${handoff_id}`)).body).toMatchObject({
      status: 'completed',
      result: { outcome: 'nothing to do: the lead is converted' },
    });
    expect(await leadOf(lead_id)).toMatchObject({ lead_status: 'Converted', flow_state: 'converted' });
    expect(await stored().of(Message).count({ lead_id })).toBe(0);
  });
});

describe('a doubtful lead', () => {
  async function inReview(): Promise<{ lead_id: string; escalation_id: string; category: string }> {
    const lead_id = await unknown();
    const { route, is_low_confidence, escalations, category } = await triaged(lead_id);
    expect([route, is_low_confidence, escalations[0].reason]).toEqual(['person', true, 'low_confidence']);
    expect(await leadOf(lead_id)).toMatchObject({ flow_state: 'in_review', lead_status: 'Open' });
    const { escalation_id } = escalations[0];
    expect((await call('POST', `/escalations/${escalation_id}/claim`)).body.status).toBe('claimed');
    return { lead_id, escalation_id, category };
  }
  /** Nothing is known of the lead, so it goes by how leads have done so far: by those of this file. */
  const WAYS: Record<string, [flow_state: string, handoff: object]> = {
    'General Inquiry': ['in_support', { purpose: 'support', from_agent: 'MG-001', status: 'delivered' }],
    'Cold Lead': ['no_consent', { purpose: 'nurture', from_agent: 'MG-001', status: 'completed' }],
  };
  const resolve = (id: string, body: object) => call('POST', `/escalations/${id}/resolve`, body);

  it('that is approved goes on by its category', async () => {
    const { lead_id, escalation_id, category } = await inReview();
    expect((await resolve(escalation_id, { resolution: 'approve' })).status).toBe(200);
    await settled(herald);
    const [state, handoff] = WAYS[category]!;
    const { triage_category, flow_state } = await leadOf(lead_id);
    expect([triage_category, flow_state]).toEqual([category, state]);
    expect(await listOf(`/handoffs?lead_id=${lead_id}`)).toEqual([expect.objectContaining(handoff)]);
  });

  it('that is changed goes on with the person’s values', async () => {
    const { lead_id, escalation_id } = await inReview();
    const changes = {
      triage_category: 'Campaign Qualified',
      lead_score: 90,
      gdpr_consent: true,
      preferred_channel: 'Email',
    };
    expect((await resolve(escalation_id, { resolution: 'change', changes })).status).toBe(200);
    await settled(herald);
    expect(await leadOf(lead_id)).toMatchObject({ ...changes, flow_state: 'outreach', lead_status: 'Qualified' });
    expect(await stored().of(Message).count({ lead_id })).toBe(1);
  });

  it.each<[object, string]>([
    [{ email: 'other@example.com' }, 'changes.email'],
    [{ triage_category: 'toString' }, 'changes.triage_category'],
    [{ lead_score: 101 }, 'changes.lead_score'],
    [{ lead_score: '90' }, 'changes.lead_score'],
    [{ gdpr_consent: 'yes' }, 'changes.gdpr_consent'],
    [{ campaign_id: 'CMP-none' }, 'changes.campaign_id'],
    [{ preferred_channel: 'Pigeon' }, 'changes.preferred_channel'],
  ])('is not changed to %j, and its case stays open', async (changes, path) => {
    const { lead_id, escalation_id } = await inReview();
    const { status, body } = await resolve(escalation_id, { resolution: 'change', changes });
    expect([status, body.errors[0].path]).toEqual([400, path]);
    expect((await call('GET', `/escalations/${escalation_id}`)).body.status).toBe('claimed');
    expect((await leadOf(lead_id)).flow_state).toBe('in_review');
  });

  it('that is returned to an agent is handed to it', async () => {
    const { lead_id, escalation_id } = await inReview();
    await call('PATCH', `/leads/${lead_id}`, {
      company_size: '201-1000',
      source: 'Referral',
      persona: 'CMO',
      campaign_id: 'CMP-1',
      gdpr_consent: true,
    });
    // what it does by the way opens no further case, as an answer would
    for (let index = 0; index < 2; index++)
      await storeInteraction(herald, lead_id, { event_type: 'email_click', outcome: 'positive' });
    expect((await resolve(escalation_id, { resolution: 'return', return_to: 'lead_triage' })).status).toBe(200);
    await settled(herald);
    expect(await leadOf(lead_id)).toMatchObject({ triage_category: 'Campaign Qualified', flow_state: 'outreach' });
    const handoffs = await listOf(`/handoffs?lead_id=${lead_id}`);
    expect(handoffs.map(({ to_agent, purpose, status }: Handoff) => [to_agent, purpose, status]).sort()).toEqual([
      ['EN-001', 'engagement', 'completed'],
      ['LT-001', 'request', 'completed'],
    ]);
  });

  it('that is rejected has come to the end of its way', async () => {
    const { lead_id, escalation_id } = await inReview();
    expect((await resolve(escalation_id, { resolution: 'reject', note: 'a competitor' })).status).toBe(200);
    await settled(herald);
    expect(await leadOf(lead_id)).toMatchObject({ flow_state: 'closed', lead_status: 'Unqualified' });
    expect(await listOf(`/handoffs?lead_id=${lead_id}`)).toEqual([]);
    expect((await resolve(escalation_id, { resolution: 'approve' })).body).toMatchObject({
      status: 409,
      code: 'escalation_resolved',
    });
  });

  it('that was never held up is changed, and keeps its way', async () => {
    const lead_id = await qualified({ company_size: '5000+' });
    const { escalations } = await triaged(lead_id);
    await settled(herald);
    const [highValue] = escalations.filter(({ reason }: { reason: string }) => reason === 'high_value');
    expect((await resolve(highValue.escalation_id, { resolution: 'change', changes: { lead_score: 99 } })).status).toBe(
      200,
    );
    expect(await leadOf(lead_id)).toMatchObject({ lead_score: 99, flow_state: 'outreach' });
  });

  it('that is rejected while messages are under way gets none of them', async () => {
    const lead_id = await qualified({ company_size: '5000+' });
    const { escalations } = await triaged(lead_id);
    await settled(herald);
    await resolve(escalations[0].escalation_id, { resolution: 'reject' });
    expect((await leadOf(lead_id)).flow_state).toBe('closed');
    expect((await stored().of(Message).find({ lead_id })).map(({ status }) => status)).toEqual(['cancelled']);
  });
});

describe('a follow-up', () => {
  /** Both the message and its follow-up fall due on the way. */
  async function goOn(days: number): Promise<void> {
    for (let day = 0; day < days; day++) {
      clock.advance(DAY_MS);
      await settled(herald);
    }
    clock.set(MONDAY);
  }

  it.each([
    ['decides anew when the lead has not answered', async () => undefined, 2],
    [
      'is dropped when the engagement was undone',
      async (lead_id: string) => {
        const [engagement] = await listOf(`/decisions?subject_id=${lead_id}&kind=lead.engage`);
        expect(
          (await call('POST', `/decisions/${engagement.decision_id}/undo`, { reason: 'wrong words' })).status,
        ).toBe(200);
      },
      1,
    ],
    [
      'is dropped when the lead is in a person’s hands',
      async (lead_id: string) => void (await call('POST', `/leads/${lead_id}/triage`, { confidence_threshold: 1 })),
      1,
    ],
  ])('%s', async (_, meanwhile, engagements) => {
    const lead_id = await qualified();
    await triaged(lead_id);
    await settled(herald);
    await meanwhile(lead_id);
    await settled(herald);
    await goOn(5);
    expect(await listOf(`/decisions?subject_id=${lead_id}&kind=lead.engage`)).toHaveLength(engagements);
  });
});

describe('optimization', () => {
  const optimize = (campaign_id: string, body: object = {}) => call('POST', `/campaigns/${campaign_id}/optimize`, body);
  const asAgreed = {
    optimization_triggers: ['low_ctr', 'high_cpl', 'poor_conversion_rate'],
    current_metrics: { ctr: 0.012, cpl_usd: 45.67, conversion_rate: 0.023 },
    constraints: { max_budget_increase: 0.1, preserve_audience: true },
  };

  it('answers in the agreed shape', async () => {
    const { campaign_id } = await storeCampaign(herald);
    await storeDays(herald, campaign_id, MONDAY, 30);
    const { status, body } = await optimize(campaign_id, asAgreed);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      campaign_id,
      data_points: 900,
      performance_metrics: { ctr: 0.012, cpl_usd: 45.67, conversion_rate: 0.023 },
    });
    expect(body.performance_metrics.roas).toBeCloseTo(400 / 90, 3);
    for (const each of body.optimizations) {
      expect(each).toMatchObject({
        type: expect.any(String),
        description: expect.any(String),
        impact_estimate: expect.any(Number),
      });
    }
    expect((await call('GET', `/decisions/${body.decision_id}`)).body).toMatchObject({
      kind: 'campaign.optimize',
      subject_id: campaign_id,
    });
    expect((await call('POST', `/decisions/${body.decision_id}/replay`, {})).body.identical).toBe(true);
  });

  it('of a campaign with too little behind it changes nothing and says so', async () => {
    const { campaign_id } = await storeCampaign(herald);
    const { body } = await optimize(campaign_id);
    expect(body).toMatchObject({
      optimizations: [],
      data_points: 0,
      performance_metrics: { roas: null, conversion_rate: null },
    });
    expect(body.notes.length).toBeGreaterThan(0);
  });

  it.each<[object, string]>([
    [{ optimization_triggers: ['bad_mood'] }, 'optimization_triggers'],
    [{ current_metrics: { ctr: 2 } }, 'current_metrics.ctr'],
    [{ constraints: { max_budget_increase: -1 } }, 'constraints.max_budget_increase'],
    [{ constraints: { max_budget: 1 } }, 'constraints.max_budget'],
    [{ campaign_id: 'CMP-2' }, 'campaign_id'],
  ])('refuses %j', async (body, path) => {
    const answer = await optimize('CMP-1', body);
    expect([answer.status, answer.body.errors[0].path]).toEqual([400, path]);
    expect((await optimize('CMP-none')).status).toBe(404);
  });

  /** A campaign that loses money: the agent proposes to pause it, which only a person may do. */
  async function proposal(): Promise<{ campaign_id: string; approval_id: string; decision_id: string }> {
    const { campaign_id } = await storeCampaign(herald);
    await storeDays(herald, campaign_id, MONDAY, 40, (index) => ({
      cost_usd: 95 + (index % 5),
      revenue_usd: 20 + (index % 3),
      conversions: index % 2,
    }));
    const { body } = await optimize(campaign_id);
    const pause = body.optimizations.find(({ type }: { type: string }) => type === 'pause');
    expect(pause).toMatchObject({ auto_apply: false, approval_id: expect.any(String) });
    expect(body.escalation_ids).toHaveLength(1);
    return { campaign_id, approval_id: pause.approval_id, decision_id: body.decision_id };
  }
  const statusOf = async (campaign_id: string) => (await call('GET', `/campaigns/${campaign_id}`)).body.status;

  it('proposes what only a person may do; approved it is done, and undone it is taken back', async () => {
    const { campaign_id, approval_id, decision_id } = await proposal();
    const status = await statusOf(campaign_id);
    expect((await call('POST', `/approvals/${approval_id}/approve`, {})).body).toMatchObject({ status: 'executed' });
    expect(await statusOf(campaign_id)).toBe('paused');
    expect((await call('POST', `/decisions/${decision_id}/undo`, { reason: 'it was a holiday' })).body.status).toBe(
      'undone',
    );
    expect(await statusOf(campaign_id)).toBe(status);
  });

  it('does not ask again for what waits already', async () => {
    const { campaign_id, approval_id } = await proposal();
    const again = (await optimize(campaign_id)).body;
    expect(again.optimizations.find(({ type }: { type: string }) => type === 'pause').approval_id).toBe(approval_id);
    expect(
      (await listOf(`/approvals?campaign_id=${campaign_id}`)).filter(
        ({ approval_id: id }: { approval_id: string }) => id === approval_id,
      ),
    ).toHaveLength(1);
  });

  it('lets a proposal lapse when the budget that it was judged on has moved', async () => {
    const { campaign_id, approval_id } = await proposal();
    const budget = (await call('GET', `/campaigns/${campaign_id}`)).body.daily_budget_usd;
    await call('PATCH', `/campaigns/${campaign_id}`, { daily_budget_usd: budget + 1 });
    const refused = await call('POST', `/approvals/${approval_id}/approve`, {}, { 'idempotency-key': 'lapse-1' });
    expect(refused.body).toMatchObject({
      status: 409,
      code: 'approval_lapsed',
      detail: expect.stringContaining('daily_budget_usd'),
    });
    expect((await call('POST', `/approvals/${approval_id}/approve`, {}, { 'idempotency-key': 'lapse-1' })).status).toBe(
      409,
    );
    expect(await statusOf(campaign_id)).toBe('active');
  });

  it('moves a budget by itself within its limits, once for the same days, and can be undone', async () => {
    const { campaign_id } = await storeCampaign(herald, { daily_budget_usd: 100, total_budget_usd: 90_000 });
    const spent = (index: number) => 80 + ((index * 37) % 41);
    await storeDays(herald, campaign_id, MONDAY, 60, (index) => ({
      cost_usd: spent(index),
      revenue_usd: 6 * spent(index) + (index % 3),
      conversions: 4,
    }));
    const budgetOf = async () => (await call('GET', `/campaigns/${campaign_id}`)).body.daily_budget_usd;
    const { body } = await optimize(campaign_id);
    const [move] = body.optimizations.filter(({ type }: { type: string }) => type === 'budget_reallocation');
    expect(move).toMatchObject({
      auto_apply: true,
      change: { daily_budget_usd: 110 },
      inverse: { daily_budget_usd: 100 },
    });
    expect(await budgetOf()).toBe(110);
    const again = (await optimize(campaign_id)).body;
    expect(again.optimizations.filter(({ auto_apply }: { auto_apply: boolean }) => auto_apply)).toEqual([]);
    expect(await budgetOf()).toBe(110);
    expect((await call('POST', `/decisions/${body.decision_id}/undo`, { reason: 'no money' })).status).toBe(200);
    expect(await budgetOf()).toBe(100);
    expect((await call('POST', `/decisions/${body.decision_id}/undo`, { reason: 'no money' })).status).toBe(409);
  });
});

describe('the schedule', () => {
  const promised = async (topic: string) => (await stored().of(OutboxRow).find({ topic })).length;

  it('promises each minute and each hour once, and has the active campaigns looked at', async () => {
    const { campaign_id } = await storeCampaign(herald);
    const schedule = herald.app.get(JobClock);
    await Promise.all([schedule.tick(), schedule.tick(), schedule.tick()]);
    await settled(herald);
    clock.advance(60_000);
    await schedule.tick();
    await settled(herald);
    expect([await promised('inbox.sweep'), await promised('campaign.look')]).toEqual([2, 1]);
    expect(await listOf(`/decisions?subject_id=${campaign_id}`)).toEqual([
      expect.objectContaining({ kind: 'campaign.optimize' }),
    ]);
    clock.set(MONDAY);
  });

  it('forgets the answers that were kept for a day', async () => {
    await herald.call('POST', '/api/v1/leads', { source: 'Web' }, { headers: { 'idempotency-key': 'a day' } });
    clock.advance(DAY_MS + 1);
    await herald.app.get(JobClock).tick();
    await settled(herald);
    clock.set(MONDAY);
    expect(await stored().of(IdempotencyRecord).count({ idempotency_key: 'a day' })).toBe(0);
  });
});

describe('a deleted lead', () => {
  it('leaves nothing about it in any table', async () => {
    const email = 'forget.me@example.com';
    const lead_id = await qualified({ company_size: '5000+', email, lead_id: 'L-forget' });
    const named = await call('PATCH', `/leads/${lead_id}`, { message: 'please call' });
    expect(named.status).toBe(200);
    await herald.call(
      'POST',
      '/api/v1/leads',
      { lead_id: 'L-forget-2', source: 'Web', email },
      { headers: { 'idempotency-key': 'forget' } },
    );
    await triaged(lead_id);
    await settled(herald);
    await herald.call('POST', '/api/agents/memory/store', {
      tier: 'long_term',
      lead_id,
      preferences_json: { interests: ['x'] },
      rfm_score: 0.5,
    });
    await call('POST', '/conversions', { lead_id, conversion_value_usd: 5, conversion_type: 'purchase' });
    for (const id of [lead_id, 'L-forget-2']) expect((await call('DELETE', `/leads/${id}`)).status).toBe(204);
    await settled(herald);
    const tables = await tablesOf();
    expect(tables.length).toBeGreaterThan(30);
    const left: string[] = [];
    for (const [table, columns] of tables) {
      const rows = await stored().query(`SELECT * FROM "${table}"`);
      for (const row of rows) {
        if (columns.includes('lead_id') && row.lead_id === lead_id) left.push(`${table}.lead_id`);
        // what was promised names the lead by its id, and finds nobody; subscribers are told by its id that it is gone
        const isNotice = table === 'live_events' && JSON.stringify(row).includes('resource.updated');
        if (table !== 'outbox' && !isNotice && JSON.stringify(row).includes(lead_id)) left.push(table);
        if (JSON.stringify(row).includes(email)) left.push(`${table} (address)`);
      }
    }
    expect(left).toEqual([]);
  });

  async function tablesOf(): Promise<[string, string[]][]> {
    const database = stored();
    const sql =
      database.dialect === 'postgres'
        ? `SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = 'public'`
        : `SELECT m.name AS t, p.name AS c FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'`;
    const columns = new Map<string, string[]>();
    for (const { t, c } of await database.query(sql))
      columns.set(String(t), [...(columns.get(String(t)) ?? []), String(c)]);
    return [...columns];
  }
});

describe('the other names of operations', () => {
  it('answer as the canonical ones do', async () => {
    const lead_id = await qualified();
    const { campaign_id } = await storeCampaign(herald);
    const alias = async (method: string, path: string, body?: object) => (await herald.call(method, path, body)).status;
    expect(await alias('POST', '/api/agents/triage', { lead_id, priority: 'low' })).toBe(200);
    expect(await alias('POST', '/api/agents/engage', { lead_id })).toBe(200);
    expect(await alias('POST', '/api/agents/optimize', { campaign_id })).toBe(200);
    expect(await alias('POST', '/api/agents/handoff', { from_agent: 'LT', to_agent: 'Manager', lead_id })).toBe(202);
    expect(
      await alias('POST', '/api/agents/memory/store', {
        tier: 'semantic',
        subject: 'ROI',
        predicate: 'boosts',
        object: 'Lead',
        weight: 0.5,
      }),
    ).toBe(201);
    expect(await alias('GET', `/api/agents/memory/retrieve?lead_id=${lead_id}`)).toBe(200);
    expect(await alias('GET', '/api/agents/analytics/performance')).toBe(200);
    expect(await alias('GET', '/api/agents/system/status')).toBe(200);
    for (const path of ['/', '/health', '/api/health', '/api/agents/health', '/health/live', '/health/ready']) {
      expect((await herald.call('GET', path, undefined, { token: null })).status).toBe(200);
    }
    await settled(herald);
  });

  it('refuse what the canonical ones refuse', async () => {
    expect((await herald.call('POST', '/api/agents/triage', {})).body.errors[0].path).toBe('lead_id');
    expect((await herald.call('POST', '/api/agents/optimize', { campaign_id: 'CMP-none' })).status).toBe(404);
    expect((await herald.call('POST', '/api/agents/triage', { lead_id: 'x' }, { token: null })).status).toBe(401);
  });
});

describe('the figures', () => {
  it('of the overview and of the agents add up to the tables', async () => {
    const { body: overview } = await call('GET', '/overview');
    const { body: performance } = await call('GET', '/agents/performance');
    const counts = async (table: string) => Number((await stored().query(`SELECT COUNT(*) AS n FROM ${table}`))[0]!.n);
    expect(overview.leads.total).toBe(await counts('leads'));
    expect(overview.handoffs.total).toBe(await counts('handoffs'));
    expect(overview.messages.total).toBe(await counts('messages'));
    expect(overview.queue).toMatchObject({ dead: 0 });
    const total = performance.agents.reduce((sum: number, { decisions }: { decisions: number }) => sum + decisions, 0);
    expect(total).toBe(await counts('decisions'));
    expect(performance.conversions).toBe(await counts('conversions'));
  });
});

// last, since the figures of the portfolio, which leads are judged by, count what it does
describe('handoffs', () => {
  it('that arrive together are delivered in one unit: a broken one falls alone, and two of a lead follow each other', async () => {
    const [first, second] = [await qualified(), await qualified()];
    const wish = (lead_id: string, to_agent: string) => ({
      from_agent: 'Manager',
      to_agent,
      purpose: 'request',
      lead_id,
      campaign_id: null,
      conversation_id: null,
      context: { notes: 'please' },
      preservation_data: { short_term_memory: {}, conversation_history: [], next_actions: [] },
    });
    const ids = await write(async (unit) => {
      const wishes = [wish(first, 'EN-002'), wish(first, 'EN-003'), wish(second, 'EN-002'), wish(second, 'Manager')];
      const handoffs = await herald.app.get(Handoffs).request(unit, wishes, clock.iso());
      const [, , broken] = handoffs;
      await unit.of(Handoff).update({ handoff_id: broken!.handoff_id }, { context_hash: 'of another' });
      const all = handoffs.map(({ handoff_id }) => handoff_id);
      await herald.app.get(HandoffDelivery).deliverMany(unit, all);
      return all;
    });
    const found = await Promise.all(ids.map(async (id) => (await call('GET', `/handoffs/${id}`)).body));
    expect(found.map(({ status }) => status)).toEqual(['completed', 'completed', 'failed', 'delivered']);
    const planned = await stored().of(Message).find({ lead_id: first });
    const [earlier, later] = [found[0], found[1]].map(({ result }) =>
      planned.find(({ message_id }) => message_id === result.message_id),
    );
    expect([earlier?.status, later?.status]).toEqual(['cancelled', 'planned']);
    expect(later?.origin).toBe('EN-003');
  });
});

describe('a handoff to an agent that takes none', () => {
  it('is refused where it is asked for, with the names of those that do', async () => {
    const { lead_id } = await storeLead(herald);
    const body = { from_agent: 'LT-001', to_agent: 'methodology_guardian', lead_id };
    const answer = await call('POST', '/agents/handoff', body);
    expect([answer.status, answer.body.errors[0].path]).toEqual([400, 'to_agent']);
    expect(JSON.stringify(answer.body)).toContain('MethodologyGuardian takes no handoffs; LeadTriage (LT-…)');
    expect(await stored().of(Handoff).count({ lead_id })).toBe(0);
  });

  it('fails and says so where it was stored, and is not passed to a person as if it were done', async () => {
    const { lead_id } = await storeLead(herald);
    await write(async (unit) => {
      const preserved = {
        context: {},
        preservation_data: { short_term_memory: {}, conversation_history: [], next_actions: [] },
      };
      await unit
        .of(Handoff)
        .insert({
          handoff_id: 'hof_nobody',
          from_agent: 'LT-001',
          from_agent_type: 'LeadTriage',
          to_agent: 'XX-001',
          to_agent_type: 'Postman',
          purpose: 'engagement',
          lead_id,
          ...preserved,
          context_hash: contextHash(preserved),
          status: 'requested',
          created_at: clock.iso(),
        });
      await herald.app
        .get(Outbox)
        .add(unit, [{ topic: HANDOFF_TOPIC, key: 'nobody', payload: { handoff_id: 'hof_nobody' } }]);
    });
    await settled(herald);
    expect((await call('GET', '/handoffs/hof_nobody')).body).toMatchObject({
      status: 'failed',
      failure: 'no agent of the type "Postman" takes handoffs',
    });
    expect(await listOf(`/escalations?lead_id=${lead_id}`)).toEqual([
      expect.objectContaining({ reason: 'complex_request', status: 'open' }),
    ]);
  });
});
