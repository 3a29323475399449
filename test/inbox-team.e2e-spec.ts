import { UnitOfWork } from '../src/database/index.js';
import { type EscalationItem, Inbox } from '../src/inbox/index.js';
import { type StartedApp, startApp } from './app.js';
import { storeLead } from './factories.js';
import { startSmtpSink } from './smtp-sink.js';

/** A Monday, ten o'clock in Berlin. */
const START = '2026-03-02T09:00:00.000Z';
const PASSWORD = 'correct horse battery 9';

interface User {
  id: string;
  token: string;
}

let smtp: Awaited<ReturnType<typeof startSmtpSink>>;
let herald: StartedApp;
let ada: User;
let bob: User;

beforeEach(async () => {
  smtp = await startSmtpSink();
  herald = await startApp({
    env: {
      HERALD_TEST_CLOCK: START,
      HERALD_SMTP_URL: smtp.url,
      HERALD_SMTP_FROM: 'Northwind <team@northwind.example>',
      HERALD_PUBLIC_URL: 'https://herald.northwind.example',
    },
  });
  ada = await signIn('ada');
  bob = await signIn('bob');
});
afterEach(async () => {
  await herald.stop();
  await smtp.stop();
});

const call = (method: string, path: string, body?: unknown, user: User = ada, headers: Record<string, string> = {}) =>
  herald.call(method, `/api/v1${path}`, body, { token: user.token, headers });
const advance = async (seconds: number) => {
  const { status } = await herald.call('POST', '/api/v1/test/clock', { advance_seconds: seconds });
  expect(status).toBe(200);
};

async function signIn(name: string, role = 'manager'): Promise<User> {
  const email = `${name}@herald.example`;
  const { body: user } = await herald.call('POST', '/api/v1/users', { email, password: PASSWORD, role });
  const { body: session } = await herald.call('POST', '/api/v1/auth/login', { email, password: PASSWORD });
  return { id: user.user_id, token: session.access_token };
}

async function raise(leadId: string, more: Partial<EscalationItem> = {}): Promise<string> {
  await storeLead(herald, { lead_id: leadId, email: `${leadId.toLowerCase()}.okoye@northwind.com` });
  const item: EscalationItem = { leadId, reason: 'reply', summary: 'asks for a price', raisedBy: 'EN-001', ...more };
  const [id] = await herald.app.get(UnitOfWork).run((unit) => herald.app.get(Inbox).escalate(unit, [item]));
  return id!;
}

const queue = async (query = '', user = ada) => {
  const { body } = await call('GET', `/inbox?item_type=escalation&${query}`, undefined, user);
  return body.items.map(({ item_id }: { item_id: string }) => item_id);
};
const actOn = (id: string, action: string, body: object = {}, user = ada) =>
  call('POST', `/escalations/${id}/${action}`, body, user);

describe('a case in a team', () => {
  it('is given to somebody who may decide, and laid back', async () => {
    const id = await raise('L1');
    const viewer = await signIn('vic', 'viewer');
    expect((await actOn(id, 'assign', { user_id: viewer.id })).body.errors[0].path).toBe('user_id');
    expect((await actOn(id, 'assign', { user_id: 'usr_nope' })).status).toBe(400);
    const { body } = await actOn(id, 'assign', { user_id: bob.id });
    expect(body).toMatchObject({ status: 'claimed', assigned_to: bob.id });
    expect(await queue('mine=true', bob)).toEqual([id]);
    expect((await actOn(id, 'resolve', { resolution: 'answered' })).body.code).toBe('escalation_claimed');
    expect((await actOn(id, 'unassign')).body).toMatchObject({ status: 'open', assigned_to: null });
    expect((await actOn(id, 'resolve', { resolution: 'answered' })).status).toBe(200);
  });

  it('goes to the deputy of who is away, who may settle what lay with them', async () => {
    const before = await raise('L1');
    await actOn(before, 'assign', { user_id: bob.id });
    const until = '2026-03-09T09:00:00.000Z';
    expect((await call('POST', '/deputies', { user_id: bob.id, deputy_user_id: bob.id, until })).status).toBe(400);
    const { status, body } = await call('POST', '/deputies', { deputy_user_id: ada.id, until }, bob);
    expect(status).toBe(201);
    expect((await call('POST', '/deputies', { deputy_user_id: ada.id, until }, bob)).body.code).toBe('deputy_set');
    expect(await queue('mine=true')).toEqual([before]);
    const later = await raise('L2');
    expect((await actOn(later, 'assign', { user_id: bob.id })).body.assigned_to).toBe(ada.id);
    expect((await actOn(before, 'resolve', { resolution: 'answered' })).status).toBe(200);
    expect((await call('DELETE', `/deputies/${body.deputy_id}`, undefined, bob)).status).toBe(204);
    expect((await actOn(later, 'assign', { user_id: bob.id })).body.assigned_to).toBe(bob.id);
  });

  it('is put off until a time, does not climb meanwhile, and comes back by itself', async () => {
    const [first, second] = [await raise('L1'), await raise('L2')];
    expect((await actOn(first, 'snooze', {})).status).toBe(400);
    expect((await actOn(first, 'snooze', { until: '2026-03-01T09:00:00Z' })).body.errors[0].path).toBe('until');
    await actOn(first, 'snooze', { until: '2026-03-02T19:00:00Z' });
    expect(await queue()).toEqual([second]);
    expect(await queue('snoozed=true')).toEqual([first]);
    await advance(8 * 3600);
    expect((await call('GET', `/escalations/${first}`)).body).toMatchObject({ level: 0, reminded_at: null });
    await advance(2 * 3600 + 60);
    expect(await queue('snoozed=true')).toEqual([]);
    expect(await queue()).toEqual([first, second]);
    expect((await call('GET', `/escalations/${first}`)).body).toMatchObject({ level: 0, snoozed_until: null });
    await actOn(first, 'snooze', { until_answer: true });
    expect(await queue()).toEqual([second]);
    expect((await actOn(first, 'wake')).body.until_answer).toBe(false);
    expect(await queue()).toEqual([first, second]);
  });

  it('comes back when the lead answers, and waits from then on', async () => {
    const id = await raise('L1', { reason: 'delivery' });
    const { body: message } = await call('POST', '/messages', {
      lead_id: 'L1',
      channel: 'Email',
      subject: 'x',
      body: 'y',
    });
    await advance(60);
    expect(smtp.mails).toHaveLength(1);
    await actOn(id, 'snooze', { until_answer: true });
    await advance(600);
    await call('POST', `/messages/${message.message_id}/events`, { type: 'replied', outcome: 'positive' });
    expect((await call('GET', `/escalations/${id}`)).body).toMatchObject({
      snoozed_until: null,
      until_answer: false,
      waiting_since: '2026-03-02T09:11:00.000Z',
    });
  });

  it('shows who looks at it now, for a minute', async () => {
    const id = await raise('L1');
    await actOn(id, 'look');
    expect((await actOn(id, 'look', {}, bob)).body.looking).toHaveLength(2);
    expect((await call('GET', `/escalations/${id}`)).body.looking).toEqual(
      expect.arrayContaining([{ user_id: bob.id, until: '2026-03-02T09:01:00.000Z' }]),
    );
    await actOn(id, 'look', { left: true }, bob);
    expect((await call('GET', `/escalations/${id}`)).body.looking).toMatchObject([{ user_id: ada.id }]);
    await advance(61);
    expect((await call('GET', `/escalations/${id}`)).body.looking).toEqual([]);
  });

  it('carries notes of the team, which speak to people', async () => {
    const id = await raise('L1');
    const { status, body } = await actOn(id, 'notes', { text: '@bob: knows them' });
    expect([status, body.mentions]).toEqual([201, [bob.id]]);
    expect((await call('GET', `/escalations/${id}`)).body.notes).toMatchObject([
      { author_id: ada.id, mentions: [bob.id] },
    ]);
  });
});

describe('the answer to a case', () => {
  const draft = (id: string) => `/escalations/${id}/draft`;

  it('is one draft that two write, sent once, and leaves although the case is open', async () => {
    const id = await raise('L1');
    expect((await call('GET', draft(id))).status).toBe(404);
    const { body: first } = await call('PUT', draft(id), { subject: 'Your price', body: 'It is 40k.' });
    expect(first).toMatchObject({ version: 1, channel: 'Email', is_sent: false });
    expect((await call('PUT', draft(id), { body: 'other' }, bob)).body.code).toBe('version_needed');
    expect((await call('PUT', draft(id), { body: 'It is 38k.' }, bob, { 'if-match': '"1"' })).body.version).toBe(2);
    expect((await call('PUT', draft(id), { body: 'It is 39k.', version: 1 })).status).toBe(412);
    expect((await call('POST', `${draft(id)}/send`, { version: 1 })).status).toBe(412);

    const sends = await Promise.all([ada, bob].map((user) => call('POST', `${draft(id)}/send`, { version: 2 }, user)));
    expect(sends.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(sends.find(({ status }) => status === 200)!.body).toMatchObject({
      is_sent: true,
      leaves_at: '2026-03-02T09:00:10.000Z',
    });
    expect(smtp.mails).toHaveLength(0);
    await advance(11);
    expect(smtp.mails).toMatchObject([{ to: ['l1.okoye@northwind.com'] }]);
    expect(smtp.mails[0]!.source).toContain('It is 38k.');
    expect((await call('POST', `${draft(id)}/take-back`)).body.code).toBe('draft_has_left');
    // anything else still waits for the case
    const { body: other } = await call('POST', '/messages', {
      lead_id: 'L1',
      channel: 'Email',
      subject: 'x',
      body: 'y',
    });
    await advance(60);
    const { body: held } = await call('GET', `/messages/${other.message_id}`);
    expect([held.status, JSON.stringify(held)]).toEqual(['held', expect.stringContaining('open_case')]);
  });

  it('is taken back within ten seconds, changed, and sent anew', async () => {
    const id = await raise('L1');
    await call('PUT', draft(id), { subject: 'a', body: 'too hasty' });
    await call('POST', `${draft(id)}/send`, { version: 1 });
    await advance(5);
    const { body: back } = await call('POST', `${draft(id)}/take-back`);
    expect(back).toMatchObject({ is_sent: false, version: 3 });
    await advance(60);
    expect(smtp.mails).toHaveLength(0);
    await call('PUT', draft(id), { subject: 'a', body: 'well considered', version: 3 });
    await call('POST', `${draft(id)}/send`, { version: 4 });
    await advance(11);
    expect(smtp.mails.map(({ source }) => source.includes('well considered'))).toEqual([true]);
  });
});

it('saved replies are kept by name', async () => {
  const { status, body } = await call('POST', '/saved-replies', { name: 'Price', body: 'Here it is.' });
  expect(status).toBe(201);
  expect((await call('POST', '/saved-replies', { name: 'Price', body: 'x' })).body.code).toBe('name_taken');
  const path = `/saved-replies/${body.reply_id}`;
  expect((await call('PATCH', path, { body: 'Here they are.' }, bob)).body).toMatchObject({
    version: 2,
    edited_by: bob.id,
  });
  expect((await call('PATCH', path, { body: 'x' }, ada, { 'if-match': '"1"' })).status).toBe(412);
  expect((await call('GET', '/saved-replies')).body.items).toHaveLength(1);
  expect((await call('DELETE', path)).status).toBe(204);
});
