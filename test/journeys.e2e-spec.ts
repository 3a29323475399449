import { FixedClock } from '../src/config/index.js';
import { JobClock } from '../src/queue/index.js';
import { Database, UnitOfWork } from '../src/database/index.js';
import { Message } from '../src/outreach/message.entity.js';
import { ADMIN, type StartedApp, startApp } from './app.js';
import { aCampaign, aLead, settled } from './factories.js';

const MONDAY = '2026-03-02T10:00:00.000Z';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let herald: StartedApp;
let clock: FixedClock;
beforeAll(async () => {
  clock = new FixedClock(MONDAY);
  herald = await startApp({ clock });
  herald.app.get(JobClock).beforeApplicationShutdown();
});
afterAll(() => herald.stop());
beforeEach(() => moveTo(MONDAY));

let token = '';
/** Tokens expire by the clock that the test moves. */
async function moveTo(instant: string): Promise<void> {
  clock.set(instant);
  token = (await herald.call('POST', '/api/v1/auth/login', ADMIN, { token: null })).body.access_token;
}
const call = (method: string, path: string, body?: unknown) => herald.call(method, `/api/v1${path}`, body, { token });
const leadOf = async (id: string) => (await call('GET', `/leads/${id}`)).body;
const enrolmentOf = async (id: string) => (await call('GET', `/enrolments?lead_id=${id}&limit=1`)).body.items[0];
const casesOf = async (id: string) => (await call('GET', `/escalations?lead_id=${id}&status=open`)).body.items;
const messagesOf = (lead_id: string) =>
  herald.app
    .get(Database)
    .of(Message)
    .find({ lead_id }, { order: { created_at: 'asc', message_id: 'asc' } });
const audit = async () => (await call('GET', '/journeys/audit')).body;

/** Lets time go by, and has all that falls due done on the way. */
async function goOn(days: number): Promise<void> {
  const end = clock.now().getTime() + days * DAY_MS;
  while (clock.now().getTime() < end) {
    clock.advance(Math.min(6 * HOUR_MS, end - clock.now().getTime()));
    await settled(herald);
  }
  await moveTo(clock.iso());
}

let people = 0;
/** With a chosen id, for it seeds what agents draw. */
const someone = (over: Record<string, unknown>) => aLead({ lead_id: `someone-${++people}`, ...over });

/** A cold lead after the first message of the slow sequence went out. */
async function nurtured(over: Record<string, unknown> = {}): Promise<string> {
  const { lead_id } = (await call('POST', '/leads', someone({ region: 'EU', phone: null, ...over }))).body;
  await call('POST', `/leads/${lead_id}/engage`, { mode: 'nurture' });
  await goOn(2);
  return lead_id;
}
const report = async (lead_id: string, event: object) => {
  const message = (await messagesOf(lead_id)).findLast(({ status }) => status === 'sent')!;
  return call('POST', `/messages/${message.message_id}/events`, event);
};

describe('the slow sequence', () => {
  it('writes on days 0, 7, 21 and 45, each step once, and then the lead rests', async () => {
    const lead_id = await nurtured();
    await goOn(70);
    const messages = (await messagesOf(lead_id)).filter(({ status }) => status === 'sent');
    expect(messages.map(({ sequence }) => sequence)).toEqual(
      [1, 2, 3, 4].map((step) => ({ name: 'nurture', step, of: 4 })),
    );
    const days = messages.map(({ sent_at }) =>
      Math.round((Date.parse(sent_at!) - Date.parse(messages[0]!.sent_at!)) / DAY_MS),
    );
    expect(days).toEqual([0, 7, 21, 45].map((day) => expect.closeTo(day, -0.5)));
    expect(await enrolmentOf(lead_id)).toMatchObject({
      state: 'ended',
      next_at: null,
      exit_reason: expect.stringContaining('without an answer'),
    });
    expect((await leadOf(lead_id)).flow_state).toBe('dormant');
    expect(await audit()).toMatchObject({ stranded: 0, items: [] });
  });

  it('begins where the quick one ends', async () => {
    const { lead_id } = (await call('POST', '/leads', someone({ region: 'EU', phone: null }))).body;
    await call('POST', `/leads/${lead_id}/engage`, { mode: 'engage' });
    await goOn(20);
    expect(await enrolmentOf(lead_id)).toMatchObject({ sequence_id: 'nurture', state: 'active', entered_by: 'engage' });
    const { body } = await call('GET', `/enrolments?lead_id=${lead_id}&sequence_id=engage`);
    expect(body.items).toEqual([expect.objectContaining({ state: 'ended', exit_reason: 'moved to nurture' })]);
    expect((await messagesOf(lead_id)).map(({ sequence }) => sequence?.name)).toContain('engage');
  });
});

describe('an answer', () => {
  it.each([
    ['a good one', { type: 'replied', outcome: 'positive' }, 'reply'],
    ['a bad one', { type: 'replied', outcome: 'negative' }, 'reply'],
    ['one that says nothing', { type: 'replied' }, 'reply'],
    ['one that asks for a call', { type: 'replied', outcome: 'callback_requested' }, 'hot_lead'],
  ])('ends the sequence and becomes a case: %s', async (_, event, reason) => {
    const lead_id = await nurtured();
    expect((await report(lead_id, event)).status).toBe(201);
    const cases = await casesOf(lead_id);
    expect(cases.map((each: { reason: string }) => each.reason)).toEqual([reason]);
    if (reason === 'hot_lead') {
      expect(Date.parse(cases[0].due_at) - clock.now().getTime()).toBe(15 * 60_000);
      expect(cases[0].context.draft.body).toContain('a call');
    }
    expect(await leadOf(lead_id)).toMatchObject({ flow_state: 'answered' });
    await goOn(30);
    expect((await messagesOf(lead_id)).filter(({ status }) => status === 'sent')).toHaveLength(1);
    expect(await audit()).toMatchObject({ stranded: 0 });
    await call('POST', `/escalations/${cases[0].escalation_id}/resolve`, { resolution: 'answered' });
    expect(await leadOf(lead_id)).toMatchObject({ flow_state: 'dormant' });
  });

  it('that is an opt-out becomes none, and ends everything', async () => {
    const lead_id = await nurtured();
    await report(lead_id, { type: 'unsubscribed' });
    await goOn(30);
    expect(await casesOf(lead_id)).toEqual([]);
    expect(await leadOf(lead_id)).toMatchObject({ flow_state: 'no_consent' });
    expect(await enrolmentOf(lead_id)).toMatchObject({ state: 'ended' });
    expect((await messagesOf(lead_id)).filter(({ status }) => status === 'sent')).toHaveLength(1);
  });

  it('is none where a mail scanner opened or clicked', async () => {
    const lead_id = await nurtured();
    for (const type of ['opened', 'clicked']) await report(lead_id, { type, user_agent: 'Barracuda scanner' });
    await goOn(8);
    expect((await messagesOf(lead_id)).filter(({ status }) => status === 'sent')).toHaveLength(2);
  });

  it('of a colleague ends the sequence where it says so', async () => {
    const { body } = await call('GET', '/sequences/nurture');
    const draft = { ...body.published, entry: 'by_hand', exit: ['colleague_answered'] };
    await call('POST', '/sequences', {
      sequence_id: 'colleagues',
      name: 'With colleagues',
      draft: { ...draft, then: null },
    });
    await call('POST', '/sequences/colleagues/publish', {});
    const first = await nurtured({ email: 'ada@northwind.example' });
    const second = await nurtured({ email: 'bob@northwind.example' });
    await call('PATCH', '/sequences/nurture', { draft: { ...body.published, exit: ['colleague_answered'] } });
    await call('POST', '/sequences/nurture/publish', { people: 'move' });
    await report(first, { type: 'replied' });
    expect(await enrolmentOf(second)).toMatchObject({
      state: 'ended',
      exit_reason: expect.stringContaining('same company'),
    });
    expect((await leadOf(second)).flow_state).toBe('dormant');
    await call('PATCH', '/sequences/nurture', { draft: body.published });
    await call('POST', '/sequences/nurture/publish', { people: 'move' });
  });
});

describe('a lead whose message does not go out', () => {
  it('is tried on another channel after a hard bounce, and has an end when there is none left', async () => {
    const lead_id = await nurtured({ phone: null, preferred_channel: 'Email' });
    await report(lead_id, { type: 'bounced' });
    await goOn(30);
    const messages = await messagesOf(lead_id);
    expect(messages.slice(1).every(({ channel }) => channel !== 'Email')).toBe(true);
    expect(await audit()).toMatchObject({ stranded: 0 });
  });

  it('goes on when it gives its consent at last', async () => {
    const { lead_id } = (
      await call('POST', '/leads', someone({ region: 'EU', gdpr_consent: false, source: 'Outbound' }))
    ).body;
    await call('POST', `/leads/${lead_id}/triage`, { confidence_threshold: 0 });
    await settled(herald);
    await call('POST', `/agents/handoff`, {
      from_agent: 'LT-001',
      to_agent: 'EN-001',
      lead_id,
      context: {},
      preservation_data: {},
    });
    await settled(herald);
    const before = await leadOf(lead_id);
    await call('PATCH', `/leads/${lead_id}`, { gdpr_consent: true });
    await settled(herald);
    await goOn(2);
    expect([before.flow_state, (await audit()).stranded]).toEqual([expect.any(String), 0]);
    expect(await messagesOf(lead_id)).not.toEqual([]);
  });
});

describe('what we do', () => {
  it('a campaign that is paused stops its leads, and lets them go on without a flood', async () => {
    const { campaign_id } = (await call('POST', '/campaigns', aCampaign())).body;
    const leads: string[] = [];
    for (let index = 0; index < 3; index++) leads.push(await nurtured({ campaign_id }));
    await call('PATCH', `/campaigns/${campaign_id}`, { status: 'paused' });
    await settled(herald);
    for (const lead_id of leads)
      expect(await enrolmentOf(lead_id)).toMatchObject({ state: 'paused', paused_for: 'campaign' });
    await goOn(20);
    for (const lead_id of leads)
      expect((await messagesOf(lead_id)).filter(({ status }) => status === 'sent')).toHaveLength(1);
    expect(await audit()).toMatchObject({ stranded: 0 });
    await call('PATCH', `/campaigns/${campaign_id}`, { status: 'active' });
    await settled(herald);
    const times = (await Promise.all(leads.map(enrolmentOf))).map(({ next_at }) => next_at);
    expect(new Set(times).size).toBe(3);
    await goOn(3);
    for (const lead_id of leads)
      expect((await messagesOf(lead_id)).filter(({ status }) => status === 'sent')).toHaveLength(2);
    await call('PATCH', `/campaigns/${campaign_id}`, { status: 'ended' });
    await settled(herald);
    for (const lead_id of leads) expect(await enrolmentOf(lead_id)).toMatchObject({ state: 'ended' });
    await goOn(30);
    for (const lead_id of leads)
      expect((await messagesOf(lead_id)).filter(({ status }) => status === 'sent')).toHaveLength(2);
  });

  it('a message that a pause has held moves what follows it, and both do not come at once', async () => {
    const { campaign_id } = (await call('POST', '/campaigns', aCampaign())).body;
    const lead = someone({ region: 'EU', phone: null, campaign_id });
    const { lead_id } = (await call('POST', '/leads', lead)).body;
    await call('POST', `/leads/${lead_id}/engage`, { mode: 'engage' });
    await call('PATCH', `/campaigns/${campaign_id}`, { status: 'paused' });
    await goOn(10);
    expect((await messagesOf(lead_id)).map(({ status }) => status)).toEqual(['held']);
    await call('PATCH', `/campaigns/${campaign_id}`, { status: 'active' });
    await goOn(2);
    expect((await messagesOf(lead_id)).map(({ status }) => status)).toEqual(['sent']);
    await goOn(3);
    expect(await messagesOf(lead_id)).toHaveLength(2);
  });

  it.each([
    ['Unqualified', 'closed'],
    ['Converted', 'converted'],
  ])('a lead that a person sets to %s gets nothing more', async (lead_status, flow_state) => {
    const lead_id = await nurtured();
    await call('PATCH', `/leads/${lead_id}`, { lead_status });
    expect(await leadOf(lead_id)).toMatchObject({ lead_status, flow_state });
    expect(await enrolmentOf(lead_id)).toMatchObject({ state: 'ended' });
    await goOn(30);
    expect((await messagesOf(lead_id)).filter(({ status }) => status === 'sent')).toHaveLength(1);
  });
});

describe('a sequence', () => {
  const message = {
    id: 'hello',
    wait_days: 0,
    does: 'message',
    channel: 'Email',
    subject: 'Hello',
    body: 'Hello there',
  };
  const draft = (over: object = {}) => ({
    entry: 'by_hand',
    pace: 'engage',
    steps: [message],
    closing_days: 3,
    then: null,
    exit: [],
    goal: [],
    reentry: { allowed: 'never' },
    ...over,
  });

  it('ships as rows that can be read', async () => {
    const { items } = (await call('GET', '/sequences')).body;
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ sequence_id: 'engage', status: 'active', has_unpublished_changes: false }),
        expect.objectContaining({ sequence_id: 'nurture', status: 'active' }),
      ]),
    );
  });

  it('is drafted, published, changed and paused; each change to the row counts its version up', async () => {
    const created = await call('POST', '/sequences', { sequence_id: 'welcome', name: 'Welcome', draft: draft() });
    expect([created.status, created.body.status, created.body.published]).toEqual([201, 'draft', null]);
    expect((await call('PUT', '/sequences/welcome/status', { status: 'paused' })).body.code).toBe(
      'sequence_not_published',
    );
    const published = await call('POST', '/sequences/welcome/publish', {});
    expect(published.body).toMatchObject({ status: 'active', published_version: 1, moved: 0 });
    const longer = draft({ steps: [message, { ...message, id: 'again', wait_days: 4 }] });
    const changed = await call('PATCH', '/sequences/welcome', { draft: longer });
    expect(changed.body).toMatchObject({ has_unpublished_changes: true, published_version: 1 });
    expect(changed.body.published.steps).toHaveLength(1);
    expect((await call('POST', '/sequences/welcome/publish', {})).body).toMatchObject({ published_version: 2 });
    expect((await call('PUT', '/sequences/welcome/status', { status: 'archived' })).body.status).toBe('archived');
    expect(
      (await call('POST', '/sequences', { sequence_id: 'welcome', name: 'Again', draft: draft() })).body,
    ).toMatchObject({ status: 409, code: 'sequence_exists' });
  });

  it.each<[string, object, string]>([
    ['two steps of one id', { steps: [message, message] }, 'draft.steps[1].id'],
    ['a message without a channel', { steps: [{ ...message, channel: undefined }] }, 'draft.steps[0].channel'],
    ['a message without words', { steps: [{ ...message, body: undefined }] }, 'draft.steps[0].body'],
    ['a text message with a subject', { steps: [{ ...message, channel: 'SMS' }] }, 'draft.steps[0].subject'],
    ['words for the agent', { steps: [{ id: 'a', wait_days: 0, does: 'agent', body: 'Hi' }] }, 'draft.steps[0].body'],
    ['a follower that there is not', { then: 'nowhere' }, 'draft.then'],
    ['no steps', { steps: [] }, 'draft.steps'],
    ['a wait in the past', { steps: [{ ...message, wait_days: -1 }] }, 'draft.steps[0].wait_days'],
    ['re-entry after nothing', { reentry: { allowed: 'after' } }, 'draft.reentry.days'],
  ])('is refused with %s', async (_, over, path) => {
    const { status, body } = await call('POST', '/sequences', {
      sequence_id: 'wrong',
      name: 'Wrong',
      draft: draft(over),
    });
    expect([status, body.errors[0].path]).toEqual([400, path]);
  });

  it('lets people finish their version, or moves them, and says who waits where', async () => {
    const { body: before } = await call('GET', '/sequences/nurture');
    const [staying, moving] = [await nurtured(), await nurtured()];
    const shorter = { ...before.published, steps: before.published.steps.slice(0, 2) };
    await call('PATCH', '/sequences/nurture', { draft: shorter });
    await call('POST', '/sequences/nurture/publish', {});
    const version = before.published_version;
    expect(await enrolmentOf(staying)).toMatchObject({ sequence_version: version });
    const people = (await call('GET', '/sequences/nurture/people')).body.items;
    expect(people).toEqual(
      expect.arrayContaining([expect.objectContaining({ version, step_id: 'first', state: 'active' })]),
    );
    const moved = await call('POST', '/sequences/nurture/publish', { people: 'move' });
    expect(moved.body.moved).toBeGreaterThanOrEqual(2);
    expect(await enrolmentOf(moving)).toMatchObject({
      sequence_version: version + 2,
      step_id: 'first',
      state: 'active',
    });
    await call('PATCH', '/sequences/nurture', { draft: before.published });
    await call('POST', '/sequences/nurture/publish', { people: 'move' });
  });

  it('that is paused keeps its people where they are, and they go on when it does', async () => {
    const lead_id = await nurtured();
    await call('PUT', '/sequences/nurture/status', { status: 'paused' });
    await goOn(10);
    expect(await enrolmentOf(lead_id)).toMatchObject({ state: 'paused', paused_for: 'sequence' });
    expect((await messagesOf(lead_id)).filter(({ status }) => status === 'sent')).toHaveLength(1);
    expect(await audit()).toMatchObject({ stranded: 0 });
    await call('PUT', '/sequences/nurture/status', { status: 'active' });
    await goOn(2);
    expect((await messagesOf(lead_id)).filter(({ status }) => status === 'sent')).toHaveLength(2);
  });
});

describe('the auditor', () => {
  it('finds a lead that nothing will move', async () => {
    const lead_id = await nurtured();
    const { enrolment_id } = await enrolmentOf(lead_id);
    await herald.app
      .get(UnitOfWork)
      .run((unit) => unit.execute('DELETE FROM enrolments WHERE enrolment_id = ?', [enrolment_id]));
    const { stranded, items } = await audit();
    expect(stranded).toBe(1);
    expect(items).toEqual([
      expect.objectContaining({ lead_id, why: expect.stringContaining('neither a sequence nor a case') }),
    ]);
  });
});
