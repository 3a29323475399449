import { Ledger } from '../src/decisions/index.js';
import {
  type ApprovalItem,
  type Escalation,
  type EscalationItem,
  Inbox,
  InboxSweep,
  ResolutionRegistry,
} from '../src/inbox/index.js';
import { Approval } from '../src/inbox/approvals/approval.entity.js';
import { Campaign } from '../src/crm/campaigns/campaign.entity.js';
import { conflict } from '../src/errors/index.js';
import { HeraldInbox, START, aDecision } from './inbox-fixture.js';

const anEscalation = (changes: Partial<EscalationItem> = {}): EscalationItem => ({
  leadId: 'L1',
  reason: 'complaint',
  summary: 'The lead complains about the third mail',
  raisedBy: 'LT-001',
  ...changes,
});
const anApproval = (changes: Partial<ApprovalItem> = {}): ApprovalItem => ({
  kind: 'campaign.set_budget',
  title: 'Raise Spring to $120 a day',
  effect: { campaign_id: 'CMP0001', daily_budget_usd: 120 },
  campaignId: 'CMP0001',
  evidence: { p_gain: 0.93 },
  blastRadius: { campaigns: 1, usd_per_day: 20 },
  undo: { type: 'campaign.set_budget' },
  requestedBy: 'OP-001',
  ...changes,
});

let herald: HeraldInbox;
let inbox: Inbox;
beforeEach(async () => {
  herald = await HeraldInbox.start();
  inbox = herald.app.get(Inbox);
});
afterEach(() => herald.end());

const escalate = async (changes?: Partial<EscalationItem>) =>
  (await herald.write((unit) => inbox.escalate(unit, [anEscalation(changes)])))[0]!;
const ask = async (changes?: Partial<ApprovalItem>) =>
  (await herald.write((unit) => inbox.requestApproval(unit, [anApproval(changes)])))[0]!;
const sweep = () => herald.write((unit) => herald.app.get(InboxSweep).climbOverdue(unit, herald.clock.iso()));
const stored = async (approvalId: string) => (await herald.database.of(Approval).get(approvalId))!;

describe('escalations', () => {
  it('are claimed by one person, who settles them, and the flow goes on in the same unit', async () => {
    const seen: Partial<Escalation>[] = [];
    herald.app
      .get(ResolutionRegistry)
      .onResolved(
        'complaint',
        async (_, { status, resolution, resolution_detail }) =>
          void seen.push({ status, resolution, resolution_detail }),
      );
    herald.app.get(ResolutionRegistry).onResolved('legal', async () => void seen.push({}));
    const id = await escalate();
    expect(await herald.outbox('escalation.raised')).toEqual([{ escalation_id: id, event: 'raised', level: 0 }]);

    const claimed = await herald.post(`/escalations/${id}/claim`);
    expect(claimed.body).toMatchObject({ status: 'claimed', assigned_to: 'usr_ada', claimed_at: START, version: 2 });
    expect(herald.offSchema('escalation.claim', claimed.body)).toBeNull();
    expect((await herald.post(`/escalations/${id}/claim`)).body.version).toBe(2);
    const other = { 'x-test-caller': 'usr_bob' };
    expect((await herald.post(`/escalations/${id}/claim`, {}, other)).body).toMatchObject({
      status: 409,
      code: 'escalation_claimed',
    });
    expect((await herald.post(`/escalations/${id}/resolve`, { resolution: 'approve' }, other)).status).toBe(409);

    const resolved = await herald.post(`/escalations/${id}/resolve`, {
      resolution: 'change',
      note: 'call instead',
      changes: { preferred_channel: 'Phone' },
    });
    expect(resolved.status).toBe(200);
    expect(resolved.body).toMatchObject({
      status: 'resolved',
      resolved_by: 'usr_ada',
      resolution_detail: { changes: { preferred_channel: 'Phone' } },
    });
    expect(herald.offSchema('escalation.resolve', resolved.body)).toBeNull();
    expect(seen).toEqual([
      { status: 'resolved', resolution: 'change', resolution_detail: { changes: { preferred_channel: 'Phone' } } },
    ]);
    expect((await herald.post(`/escalations/${id}/resolve`, { resolution: 'approve' })).body.code).toBe(
      'escalation_resolved',
    );
  });

  it('stay unresolved when the flow cannot go on', async () => {
    herald.app.get(ResolutionRegistry).onResolved('*', async () => {
      throw new Error('the flow is stuck');
    });
    const id = await escalate();
    expect((await herald.post(`/escalations/${id}/resolve`, { resolution: 'approve' })).status).toBe(500);
    expect((await herald.get(`/escalations/${id}`)).body).toMatchObject({ status: 'open', version: 1 });
  });

  it.each([
    [{ resolution: 'change' }, 'changes'],
    [{ resolution: 'return' }, 'return_to'],
    [{ resolution: 'return', return_to: 'Manager' }, 'return_to'],
    [{ resolution: 'approve', return_to: 'EN-001' }, 'return_to'],
    [{ resolution: 'maybe' }, 'resolution'],
  ])('refuses the answer %j and names %s', async (body, path) => {
    const { status, body: problem } = await herald.post(`/escalations/${await escalate()}/resolve`, body);
    expect(status).toBe(400);
    expect(problem.errors[0].path).toBe(path);
  });

  it('say what may be answered and what follows, and take changes as their form says', async () => {
    herald.app
      .get(ResolutionRegistry)
      .describe({
        appliesTo: ({ reason }) => reason === 'complaint',
        form: [{ name: 'preferred_channel', label: 'Channel', type: 'choice', choices: ['Email', 'Phone'] }],
        then: { change: 'It is called on this channel.', reject: 'It is left alone.' },
      });
    const id = await escalate();
    const { body } = await herald.get(`/escalations/${id}`);
    expect(body).toMatchObject({
      answers: [
        { answer: 'reject', then: 'It is left alone.' },
        { answer: 'change', then: 'It is called on this channel.' },
      ],
      form: [{ name: 'preferred_channel', label: 'Channel', type: 'choice', choices: ['Email', 'Phone'] }],
    });
    expect(herald.offSchema('escalation.get', body)).toBeNull();
    const change = (changes: object) => herald.post(`/escalations/${id}/resolve`, { resolution: 'change', changes });
    const wrong = await change({ preferred_channel: 'Fax', lead_status: 'Open' });
    expect(wrong.body.errors).toEqual([
      { path: 'changes.preferred_channel', reason: 'must be one of Email, Phone' },
      { path: 'changes.lead_status', reason: 'cannot be changed here; allowed are preferred_channel' },
    ]);
    expect((await herald.post(`/escalations/${id}/resolve`, { resolution: 'approve' })).body.errors[0].path).toBe(
      'resolution',
    );
    expect((await change({ preferred_channel: 'Phone' })).status).toBe(200);
    expect((await herald.get(`/escalations/${id}`)).body.answers).toEqual([]);
    const support = await escalate({ reason: 'support' });
    const answered = await herald.post(`/escalations/${support}/resolve`, { resolution: 'answered' });
    expect(answered.body).toMatchObject({ status: 'resolved', resolution: 'answered' });
  });

  it('are settled many at once, each by itself, and the answer tells the next', async () => {
    herald.app.get(ResolutionRegistry).onResolved('*', async (unit, { lead_id, escalation_id }) => {
      await unit.of(Campaign).update({ campaign_id: 'CMP0001' }, { name: `after ${escalation_id}` });
      if (lead_id === 'L2') throw conflict('stuck', 'the flow is stuck');
    });
    const first = await escalate();
    const stuck = await escalate({ leadId: 'L2' });
    const taken = await escalate({ leadId: 'L3' });
    const second = await escalate({ leadId: 'L4' });
    await herald.post(`/escalations/${taken}/claim`, {}, { 'x-test-caller': 'usr_bob' });
    const rest = await escalate({ leadId: 'L5', reason: 'low_confidence' });

    const escalation_ids = [second, 'esc_nope', stuck, taken, first, first];
    const { status, body } = await herald.post('/escalations/resolve', { escalation_ids, resolution: 'approve' });
    expect(status).toBe(200);
    expect(herald.offSchema('escalation.resolve_many', body)).toBeNull();
    expect(body).toMatchObject({
      resolved: 2,
      results: [
        { escalation_id: second, resolved: true, reason: null },
        { escalation_id: 'esc_nope', resolved: false, code: 'escalation_not_found' },
        { escalation_id: stuck, resolved: false, code: 'stuck', reason: 'the flow is stuck' },
        { escalation_id: taken, resolved: false, code: 'escalation_claimed' },
        { escalation_id: first, resolved: true },
      ],
      next: { item_id: stuck },
    });
    expect((await herald.get(`/escalations/${stuck}`)).body).toMatchObject({ status: 'open', version: 1 });
    const { body: last } = await herald.post(`/escalations/${rest}/resolve`, { resolution: 'approve' });
    expect(last.next).toMatchObject({ item_id: stuck, item_type: 'escalation' });
    expect((await herald.post('/escalations/resolve', { escalation_ids: [], resolution: 'approve' })).status).toBe(400);
  });

  it('are returned to an agent by any of its spellings', async () => {
    const { body } = await herald.post(`/escalations/${await escalate()}/resolve`, {
      resolution: 'return',
      return_to: 'engagement_002',
    });
    expect(body.resolution_detail).toEqual({ return_to: 'EN-002' });
  });

  it('are raised once as long as the case is unresolved', async () => {
    const [first, second, third] = await herald.write((unit) =>
      inbox.escalate(unit, [anEscalation(), anEscalation({ summary: 'again' }), anEscalation({ reason: 'legal' })]),
    );
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(await escalate()).toBe(first);
    expect(await escalate({ leadId: null, campaignId: 'CMP0001' })).toBe(
      await escalate({ leadId: null, campaignId: 'CMP0001' }),
    );
    await herald.post(`/escalations/${first}/resolve`, { resolution: 'reject' });
    expect(await escalate()).not.toBe(first);
  });

  it('of one reason and lead are one case, which collects and shows what was said last', async () => {
    const id = await escalate({ conversationId: 'C1', worth: 20 });
    expect(await escalate({ conversationId: 'C2', campaignId: 'CMP0001', summary: 'and again', worth: 10 })).toBe(id);
    expect((await herald.get(`/escalations/${id}`)).body).toMatchObject({
      summary: 'and again',
      title: 'L1: complains; and again',
      times: 2,
      worth: 20,
      version: 2,
    });
    expect(await herald.outbox('escalation.raised')).toHaveLength(1);
  });

  it('about no lead and no campaign are one case for each channel', async () => {
    const about = (channel: string) => escalate({ leadId: null, reason: 'delivery', context: { channel } });
    const mail = await about('Email');
    expect(await about('Email')).toBe(mail);
    expect(await about('SMS')).not.toBe(mail);
  });

  it('say which leads they block, and who settles one learns what still blocks', async () => {
    const seen: unknown[] = [];
    herald.app
      .get(ResolutionRegistry)
      .onResolved('*', async (_, { reason }, { remainingBlocking }) => void seen.push([reason, remainingBlocking]));
    const legal = await escalate({ reason: 'legal' });
    const doubt = await escalate({ reason: 'low_confidence', blocks: false });
    await escalate({ leadId: 'L2', reason: 'high_value' });
    const blocking = () => herald.write((unit) => inbox.blockingCases(unit, ['L1', 'L2', 'L3']));
    expect(await blocking()).toEqual(new Map([['L1', [{ escalation_id: legal, reason: 'legal' }]]]));
    await herald.post(`/escalations/${doubt}/resolve`, { resolution: 'approve' });
    await herald.post(`/escalations/${legal}/resolve`, { resolution: 'approve' });
    expect(seen).toEqual([
      ['low_confidence', [{ escalation_id: legal, reason: 'legal' }]],
      ['legal', []],
    ]);
    expect(await blocking()).toEqual(new Map());
  });

  it('of a hot lead are due in a quarter of an hour', async () => {
    const id = await escalate({ reason: 'hot_lead' });
    expect((await herald.get(`/escalations/${id}`)).body).toMatchObject({ due_at: '2026-03-02T09:15:00.000Z' });
  });

  it('remind at half time, climb at the deadline, and a climbed one waits for less', async () => {
    const id = await escalate({ priority: 'medium' });
    herald.clock.advance(11 * 3_600_000);
    expect(await sweep()).toEqual({ reminded: 0, climbed: 0 });
    herald.clock.advance(3_600_000);
    expect(await sweep()).toEqual({ reminded: 1, climbed: 0 });
    expect(await sweep()).toEqual({ reminded: 0, climbed: 0 });
    herald.clock.advance(12 * 3_600_000);
    expect(await sweep()).toEqual({ reminded: 0, climbed: 1 });
    expect((await herald.get(`/escalations/${id}`)).body).toMatchObject({
      status: 'open',
      priority: 'high',
      level: 1,
      due_at: '2026-03-03T13:00:00.000Z',
      reminded_at: null,
    });
    expect(await herald.outbox('escalation.raised')).toEqual([
      { escalation_id: id, event: 'raised', level: 0 },
      { escalation_id: id, event: 'reminded', level: 0 },
      { escalation_id: id, event: 'climbed', level: 1 },
    ]);
  });

  it('that are claimed do not climb, but can be taken over once they are overdue', async () => {
    const id = await escalate({ priority: 'urgent' });
    await herald.post(`/escalations/${id}/claim`);
    herald.clock.advance(3_600_000);
    expect(await sweep()).toEqual({ reminded: 1, climbed: 0 });
    expect((await herald.post(`/escalations/${id}/claim`, {}, { 'x-test-caller': 'usr_bob' })).body).toMatchObject({
      assigned_to: 'usr_bob',
    });
  });

  it('are not for agents to settle, nor for readers', async () => {
    const id = await escalate();
    expect((await herald.post(`/escalations/${id}/claim`, {}, { 'x-test-caller': 'LT-001' })).status).toBe(403);
    expect((await herald.post(`/escalations/${id}/claim`, {}, { 'x-test-scopes': 'approvals:read' })).status).toBe(403);
    expect((await herald.post('/escalations/esc_nope/claim')).status).toBe(404);
    expect((await herald.post(`/escalations/${id}/claim`, {}, { 'if-match': '"7"' })).status).toBe(412);
  });
});

describe('approvals', () => {
  it('carry the effect out in the unit of the yes, and the decision can be undone from then on', async () => {
    const [decisionId] = await herald.write((unit) =>
      herald.app.get(Ledger).record(unit, [{ decision: aDecision(), inverse: null, status: 'proposed' }]),
    );
    const id = await ask({ decisionId: decisionId! });
    expect(await herald.outbox('approval.requested')).toEqual([{ approval_id: id }]);
    const waiting = await herald.get(`/approvals/${id}`);
    expect(waiting.headers.etag).toBe('"1"');
    expect(herald.offSchema('approval.get', waiting.body)).toBeNull();
    expect((await herald.post(`/decisions/${decisionId}/undo`, { reason: 'no' })).body.code).toBe('not_applied');

    const approved = await herald.post(
      `/approvals/${id}/approve`,
      { note: 'fine', effect_hash: waiting.body.effect_hash },
      { 'if-match': '"1"' },
    );
    expect(approved.body).toMatchObject({
      status: 'executed',
      decided_by: 'usr_ada',
      decision_note: 'fine',
      result: { daily_budget_usd: 120 },
      version: 2,
    });
    expect(herald.offSchema('approval.approve', approved.body)).toBeNull();
    expect(await herald.budget()).toBe(120);
    expect((await herald.post(`/approvals/${id}/approve`)).body.code).toBe('approval_closed');

    expect((await herald.post(`/decisions/${decisionId}/undo`, { reason: 'a mistake' })).body.status).toBe('undone');
    expect(await herald.budget()).toBe(100);
  });

  it('lapse when the state has moved since it was judged, saying what moved', async () => {
    const id = await ask();
    await herald.setBudget(110);
    const { status, body } = await herald.post(`/approvals/${id}/approve`);
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'approval_lapsed' });
    expect(body.detail).toContain('daily_budget_usd was 100, is 110');
    expect(await stored(id)).toMatchObject({ status: 'lapsed', decided_by: null, version: 2 });
    await herald.setBudget(100);
    expect((await herald.post(`/approvals/${id}/approve`)).body.code).toBe('approval_closed');
    expect(await herald.budget()).toBe(100);
  });

  it('lapse when somebody has changed the effect in between', async () => {
    const id = await ask();
    await herald.write((unit) =>
      unit.of(Approval).update({ approval_id: id }, { effect: { campaign_id: 'CMP0001', daily_budget_usd: 900 } }),
    );
    expect((await herald.post(`/approvals/${id}/approve`)).body.detail).toContain('the effect is no longer the one');
    expect([(await stored(id)).status, await herald.budget()]).toEqual(['lapsed', 100]);
  });

  it('never carry anything out once they have expired', async () => {
    const [late, swept] = [
      await ask({ expiresAt: '2026-03-02T10:00:00.000Z' }),
      await ask({ expiresAt: '2026-03-02T10:00:00.000Z' }),
    ];
    herald.clock.advance(3_600_000);
    expect((await herald.post(`/approvals/${late}/approve`)).body.code).toBe('approval_expired');
    expect((await stored(late)).status).toBe('expired');
    expect(await herald.write((unit) => herald.app.get(InboxSweep).expireOverdue(unit, herald.clock.iso()))).toBe(1);
    expect((await herald.post(`/approvals/${swept}/approve`)).body.code).toBe('approval_closed');
    expect(await herald.budget()).toBe(100);
  });

  it('fail when the effect is refused, and keep nothing that it wrote', async () => {
    const id = await ask({ effect: { campaign_id: 'CMP0001', daily_budget_usd: 5_000 } });
    expect((await herald.post(`/approvals/${id}/approve`)).body).toMatchObject({
      status: 409,
      code: 'approval_failed',
    });
    expect(await stored(id)).toMatchObject({
      status: 'failed',
      decided_by: 'usr_ada',
      closed_reason: 'the plan has only 1000 a day',
    });
    expect(await herald.budget()).toBe(100);
  });

  it('are not given by who asked, by agents, or for another effect than the one read', async () => {
    const id = await ask({ requestedBy: 'usr_ada' });
    expect((await herald.post(`/approvals/${id}/approve`)).status).toBe(403);
    expect((await herald.post(`/approvals/${id}/approve`, {}, { 'x-test-caller': 'OP-001' })).status).toBe(403);
    const bob = { 'x-test-caller': 'usr_bob' };
    expect((await herald.post(`/approvals/${id}/approve`, { effect_hash: 'a'.repeat(64) }, bob)).body.code).toBe(
      'effect_moved',
    );
    expect((await herald.post(`/approvals/${id}/approve`, {}, bob)).status).toBe(200);
  });

  it('are rejected without any effect, and so is the decision behind them', async () => {
    const [decisionId] = await herald.write((unit) =>
      herald.app.get(Ledger).record(unit, [{ decision: aDecision(), inverse: null, status: 'proposed' }]),
    );
    const { body } = await herald.post(`/approvals/${await ask({ decisionId: decisionId! })}/reject`, {
      note: 'too early',
    });
    expect(body).toMatchObject({ status: 'rejected', decision_note: 'too early' });
    expect((await herald.get(`/decisions/${decisionId}`)).body.status).toBe('rejected');
    expect(await herald.budget()).toBe(100);
  });

  it('of one decision are undone together, the last one first', async () => {
    const [decisionId] = await herald.write((unit) =>
      herald.app.get(Ledger).record(unit, [{ decision: aDecision(), inverse: null, status: 'proposed' }]),
    );
    const [refused, first] = [await ask({ decisionId: decisionId! }), await ask({ decisionId: decisionId! })];
    await herald.post(`/approvals/${refused}/reject`);
    expect((await herald.get(`/decisions/${decisionId}`)).body.status).toBe('proposed');
    await herald.post(`/approvals/${first}/approve`);
    const second = await ask({ decisionId: decisionId!, effect: { campaign_id: 'CMP0001', daily_budget_usd: 150 } });
    const third = await ask({
      decisionId: decisionId!,
      effect: { campaign_id: 'CMP0001', daily_budget_usd: 100 },
      judgedOn: { daily_budget_usd: 100, status: 'active' },
    });
    await herald.post(`/approvals/${second}/approve`);
    expect(await herald.budget()).toBe(150);
    const { body } = await herald.post(`/decisions/${decisionId}/undo`, { reason: 'both were wrong' });
    expect(body).toMatchObject({
      status: 'undone',
      inverse: { type: 'steps', steps: [{ daily_budget_usd: 100 }, { daily_budget_usd: 120 }] },
    });
    expect(await herald.budget()).toBe(100);
    // nothing follows from what was undone
    expect((await herald.post(`/approvals/${third}/approve`)).body.detail).toContain(
      'the decision behind it was undone',
    );
  });

  it('keep a decision from being undone when one of its effects cannot be taken back', async () => {
    const [decisionId] = await herald.write((unit) =>
      herald.app
        .get(Ledger)
        .record(unit, [{ decision: aDecision(), inverse: { type: 'campaign.set_budget', expects: {} } }]),
    );
    await herald.write((unit) => herald.app.get(Ledger).addEffect(unit, decisionId!, null));
    expect((await herald.post(`/decisions/${decisionId}/undo`, { reason: 'too late' })).body.code).toBe('irreversible');
  });

  it('carry an effect out once when two people say yes at the same moment', async () => {
    const id = await ask();
    const answers = await Promise.all(
      ['usr_a', 'usr_b', 'usr_c'].map((caller) =>
        herald.post(`/approvals/${id}/approve`, {}, { 'x-test-caller': caller }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect((await stored(id)).version).toBe(2);
  });
});

describe('the inbox', () => {
  const queue = async (query: object = {}) => (await herald.get('/inbox', query)).body.items;

  it('is one queue in the order of reasons, whatever a caller said of urgency, page by page', async () => {
    const doubtful = await escalate({ leadId: 'L6', reason: 'low_confidence', priority: 'urgent' });
    const dear = await escalate({ leadId: 'L7', reason: 'low_confidence', worth: 4_000 });
    const poor = await escalate({ leadId: null, campaignId: 'CMP0001', reason: 'low_performance', worth: 50 });
    const asked = await ask({ worth: 90 });
    const unpriced = await ask({ expiresAt: '2026-03-02T10:00:00.000Z', priority: 'urgent' });
    const uncertain = await escalate({ leadId: 'L5', reason: 'uncertain_delivery' });
    const support = await escalate({ leadId: 'L4', reason: 'support', priority: 'low' });
    herald.clock.advance(60_000);
    const answered = await escalate({ leadId: 'L4', reason: 'reply', worth: 1_000_000 });
    const dearest = await escalate({ leadId: 'L3', reason: 'high_value' });
    const hot = await escalate({ leadId: 'L2', reason: 'hot_lead', priority: 'low' });
    const complaint = await escalate();
    const legal = await escalate({ reason: 'legal', priority: 'low' });
    await herald.post(`/escalations/${await escalate({ leadId: 'L9' })}/resolve`, { resolution: 'reject' });

    const inOrder = [
      legal,
      complaint,
      hot,
      dearest,
      support,
      answered,
      uncertain,
      asked,
      poor,
      unpriced,
      dear,
      doubtful,
    ];
    const { body: first } = await herald.get('/inbox', { limit: 5 });
    expect(herald.offSchema('inbox.list', first)).toBeNull();
    const { body: second } = await herald.get('/inbox', { limit: 5, cursor: first.next_cursor });
    const { body: rest } = await herald.get('/inbox', { limit: 5, cursor: second.next_cursor });
    const items = [...first.items, ...second.items, ...rest.items];
    expect(items.map(({ item_id }) => item_id)).toEqual(inOrder);
    expect(rest.next_cursor).toBeNull();
    expect(items.slice(0, 2)).toMatchObject([
      { blocks: true, reason: 'legal' },
      { title: expect.stringContaining('L1: complains') },
    ]);

    expect(await queue({ item_type: 'approval', kind: 'campaign.set_budget' })).toHaveLength(2);
    expect(await queue({ lead_id: 'L4' })).toHaveLength(2);
    expect(await queue({ reason: 'low_confidence' })).toHaveLength(2);
    expect(await queue({ status: 'pending' })).toHaveLength(2);
    await herald.post(`/escalations/${hot}/claim`);
    expect(await queue({ mine: true })).toMatchObject([{ item_id: hot, status: 'claimed' }]);
    expect(await queue({ status: 'claimed', assigned_to: 'usr_ada' })).toHaveLength(1);
    const cursor = Buffer.from('["sort_key","x",1]').toString('base64url');
    expect((await herald.get('/inbox', { cursor })).status).toBe(400);
  });

  it('reads a page in the middle of 20,000 cases by the index of the line', async () => {
    const cases = Array.from({ length: 20_000 }, (_, index) =>
      anEscalation({
        leadId: `L${index}`,
        reason: index % 2 ? 'low_confidence' : 'high_value',
        worth: index,
        title: 'x',
      }),
    );
    await herald.write((unit) => inbox.escalate(unit, cases));
    const { body } = await herald.get('/inbox', { limit: 500, reason: 'low_confidence' });
    expect(body.items[0]).toMatchObject({ lead_id: 'L19999' });
    const [plan] = [
      await herald.database.query(
        `${herald.database.dialect === 'postgres' ? 'EXPLAIN' : 'EXPLAIN QUERY PLAN'} SELECT * FROM escalations
         WHERE sort_key IS NOT NULL AND (sort_key, escalation_id) > (?, ?) ORDER BY sort_key, escalation_id LIMIT 51`,
        ['3', ''],
      ),
    ];
    expect(JSON.stringify(plan)).toContain('idx_escalations_line');
    expect(JSON.stringify(plan)).not.toMatch(/TEMP B-TREE|Sort/);
  });

  it('lists each kind by itself, filtered', async () => {
    await escalate();
    await escalate({ leadId: 'L2', reason: 'legal' });
    await ask();
    const escalations = (await herald.get('/escalations', { reason: 'legal', status: 'open' })).body;
    expect(escalations.items).toHaveLength(1);
    expect(herald.offSchema('escalation.list', escalations)).toBeNull();
    const approvals = (await herald.get('/approvals', { status: 'pending', campaign_id: 'CMP0001' })).body;
    expect(approvals.items).toHaveLength(1);
    expect(herald.offSchema('approval.list', approvals)).toBeNull();
    expect((await herald.get('/escalations', { status: 'nope' })).status).toBe(400);
  });
});
