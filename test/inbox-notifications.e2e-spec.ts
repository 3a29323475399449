import { createHmac } from 'node:crypto';
import { Database, UnitOfWork } from '../src/database/index.js';
import { type EscalationItem, Inbox } from '../src/inbox/index.js';
import { Notification } from '../src/inbox/notifications/notification.entity.js';
import { OutboxRow } from '../src/queue/outbox-row.entity.js';
import { type StartedApp, startApp } from './app.js';
import { storeLead } from './factories.js';
import { startSmtpSink } from './smtp-sink.js';
import { startWebhookSink } from './webhook-sink.js';

/** A Monday, ten o'clock in Berlin. */
const START = '2026-03-02T09:00:00.000Z';
const PASSWORD = 'correct horse battery 9';

let smtp: Awaited<ReturnType<typeof startSmtpSink>>;
let chat: Awaited<ReturnType<typeof startWebhookSink>>;
let herald: StartedApp;

beforeEach(async () => {
  smtp = await startSmtpSink();
  chat = await startWebhookSink();
  herald = await startApp({
    env: {
      HERALD_TEST_CLOCK: START,
      HERALD_SMTP_URL: smtp.url,
      HERALD_SMTP_FROM: 'Northwind <team@northwind.example>',
      HERALD_PUBLIC_URL: 'https://herald.northwind.example',
      HERALD_OUTBOUND_HTTP: '1',
      HERALD_OUTBOUND_ALLOW: '127.0.0.1',
    },
  });
});
afterEach(async () => {
  await herald.stop();
  await smtp.stop();
  await chat.stop();
});

const call = (method: string, path: string, body?: unknown) => herald.call(method, `/api/v1${path}`, body);
const advance = async (seconds: number) => {
  const { status } = await call('POST', '/test/clock', { advance_seconds: seconds });
  expect(status).toBe(200);
};
const HOUR = 3_600;

async function rule(body: object) {
  const { status, body: created } = await call('POST', '/notification-rules', { name: 'Team', ...body });
  expect([status, created.detail]).toEqual([201, undefined]);
  return created;
}

async function user(name: string, role: string): Promise<string> {
  const email = `${name}@herald.example`;
  return (await call('POST', '/users', { email, password: PASSWORD, role })).body.user_id;
}

async function raise(leadId: string, reason: EscalationItem['reason'] = 'complaint'): Promise<string> {
  await storeLead(herald, { lead_id: leadId, email: `${leadId.toLowerCase()}@northwind.com` });
  const item: EscalationItem = { leadId, reason, summary: 'wants a demo next week', raisedBy: 'EN-001' };
  const [id] = await herald.app.get(UnitOfWork).run((unit) => herald.app.get(Inbox).escalate(unit, [item]));
  return id!;
}

const subjects = () =>
  smtp.mails.map(({ source }) => /^Subject: (.*(?:\r\n .*)*)/m.exec(source)![1]!.replace(/\r\n /g, ' '));

describe('nobody is told at first', () => {
  it('and readiness says so', async () => {
    await raise('L1');
    await advance(HOUR);
    expect(await herald.app.get(Database).of(Notification).count()).toBe(0);
    const ready = async () => (await herald.call('GET', '/health/ready')).body.checks.notifications;
    expect(await ready()).toMatchObject({ status: 'up', note: expect.stringContaining('nobody is told') });
    await rule({ channel: 'webhook', url: chat.url });
    expect((await ready()).note).toBeUndefined();
  });
});

describe('a rule', () => {
  it('tells a chat by a signed call, whose text chats show', async () => {
    const { secret } = await rule({ channel: 'webhook', url: chat.url, reasons: ['hot_lead'] });
    await raise('L1');
    const id = await raise('L2', 'hot_lead');
    await advance(60);
    expect(chat.calls).toHaveLength(1);
    const [{ headers, body }] = chat.calls as [(typeof chat.calls)[0]];
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    expect(JSON.parse(body)).toMatchObject({
      type: 'inbox.notice',
      text: expect.stringContaining('New: l2@northwind.com: wants a demo next week'),
      data: { items: [{ item_id: id, reason: 'hot_lead', url: expect.stringContaining(`#/inbox/escalation/${id}`) }] },
    });
    expect((await call('GET', '/notification-rules')).body.items[0]).toMatchObject({
      last_failure: null,
      url: chat.url,
    });
    expect(JSON.stringify((await call('GET', '/notification-rules')).body)).not.toContain(secret);
  });

  it('tells everybody of a role by mail, who is away by the deputy, and marks it as automatic', async () => {
    await user('ada', 'manager');
    const bob = await user('bob', 'manager');
    await user('vic', 'viewer');
    await rule({ channel: 'mail', role: 'manager' });
    await rule({ channel: 'mail', user_id: bob });
    const until = '2026-03-09T09:00:00.000Z';
    const { body: users } = await call('GET', '/users');
    const admin = users.items.find(({ role }: { role: string }) => role === 'admin').user_id;
    await call('POST', '/deputies', { user_id: bob, deputy_user_id: admin, until });
    await raise('L1', 'legal');
    await advance(60);
    expect(smtp.mails.flatMap(({ to }) => to).sort()).toEqual([
      'ada@herald.example',
      'admin@herald.example',
      'bob@herald.example',
    ]);
    expect(smtp.mails[0]!.source).toContain('Auto-Submitted: auto-generated');
    expect(subjects()[0]).toMatch(/^New: .*raises a legal matter/);
  });

  it('gathers for its digest, leaves out what is settled by then, and never lets a hot lead wait', async () => {
    await rule({ channel: 'mail', address: 'team@northwind.com', digest_minutes: 60 });
    await raise('L1');
    await raise('L2', 'support');
    const settled = await raise('L3', 'delivery');
    await call('POST', `/escalations/${settled}/resolve`, { resolution: 'reject' });
    await raise('L4', 'hot_lead');
    await advance(60);
    expect(subjects()).toEqual([expect.stringContaining('l4@northwind.com')]);
    await advance(HOUR);
    const digest = subjects().indexOf('2 things wait in the inbox');
    expect(digest).toBeGreaterThan(0);
    expect(smtp.mails[digest]!.source).not.toContain('is not reached');
    // the hot one reminded once, after half of its quarter of an hour
    expect(subjects()).toHaveLength(3);
  });

  it('keeps its quiet hours, in which it tells what is hot only where it says so', async () => {
    const nights = { quiet_start: '20:00', quiet_end: '08:00', zone: 'Europe/Berlin' };
    await rule({ channel: 'mail', address: 'quiet@northwind.com', ...nights });
    await rule({ channel: 'mail', address: 'awake@northwind.com', ...nights, urgent_ignores_quiet: true });
    await advance(12 * HOUR);
    await raise('L1', 'hot_lead');
    await advance(60);
    expect(smtp.mails.flatMap(({ to }) => to)).toEqual(['awake@northwind.com']);
    await advance(10 * HOUR);
    expect(smtp.mails.filter(({ to }) => to.includes('quiet@northwind.com'))).toHaveLength(1);
  });

  it('tries again when the relay is away, and says why it failed', async () => {
    await rule({ channel: 'webhook', url: chat.url });
    const accept = chat.answer;
    chat.answer = (response) => void response.writeHead(503).end();
    await raise('L1');
    await advance(60);
    expect((await call('GET', '/notification-rules')).body.items[0].last_failure).toContain('503');
    const ids = new Set(chat.calls.map(({ headers }) => headers['webhook-id']));
    chat.answer = accept;
    await advance(HOUR / 2);
    expect((await call('GET', '/notification-rules')).body.items[0]).toMatchObject({ last_failure: null });
    expect(new Set([...ids, chat.calls.at(-1)!.headers['webhook-id']]).size).toBe(1);
  });

  it('rests when the receiver is gone', async () => {
    await rule({ channel: 'webhook', url: chat.url });
    chat.answer = (response) => void response.writeHead(410).end();
    await raise('L1');
    await advance(60);
    expect((await call('GET', '/notification-rules')).body.items[0]).toMatchObject({ is_active: false });
  });

  it('tells who is mentioned beside a case', async () => {
    const ada = await user('ada', 'manager');
    await rule({ channel: 'mail', role: 'manager', reasons: ['mention'] });
    await user('bob', 'manager');
    const id = await raise('L1');
    const { body } = await call('POST', `/escalations/${id}/notes`, { text: 'please look, @ada' });
    expect(body.mentions).toEqual([ada]);
    await advance(60);
    expect(smtp.mails.map(({ to }) => to)).toEqual([['ada@herald.example']]);
    expect(subjects()[0]).toContain('You are mentioned');
  });

  it.each([
    [{ channel: 'mail' }, 'user_id'],
    [{ channel: 'mail', role: 'manager', address: 'a@b.example' }, 'user_id'],
    [{ channel: 'mail', user_id: 'usr_nope' }, 'user_id'],
    [{ channel: 'webhook', url: 'http://169.254.169.254/x' }, 'url'],
    [{ channel: 'webhook', role: 'manager', url: 'https://chat.example' }, 'role'],
    [{ channel: 'mail', role: 'manager', quiet_start: '20:00' }, 'quiet_end'],
    [{ channel: 'mail', role: 'manager', zone: 'Mars/Base' }, 'zone'],
    [{ channel: 'mail', role: 'manager', reasons: ['weather'] }, 'reasons'],
  ])('%j is refused for its %s', async (body, path) => {
    const { status, body: problem } = await call('POST', '/notification-rules', { name: 'x', ...body });
    expect([status, problem.errors[0].path]).toEqual([400, path]);
  });
});

it('a case climbs to the top and is silent then, but for a line a day', async () => {
  await rule({ channel: 'mail', address: 'team@northwind.com', zone: 'Europe/Berlin' });
  const ids = [await raise('L1'), await raise('L2', 'support')];
  await advance(6 * HOUR);
  const told = await herald.app.get(Database).of(Notification).count();
  const rows = async () => herald.app.get(Database).of(OutboxRow).count({ topic: 'escalation.raised' });
  // raised, reminded and climbed at high; reminded at urgent: of each case, and then no more
  expect(told).toBe(8);
  expect((await call('GET', `/escalations/${ids[0]}`)).body).toMatchObject({ level: 1, priority: 'urgent' });
  const sent = smtp.mails.length;
  await advance(6 * HOUR);
  expect(smtp.mails).toHaveLength(sent);
  expect(await rows()).toBe(0);
  // the next morning
  await advance(12 * HOUR);
  expect(smtp.mails).toHaveLength(sent + 1);
  expect(subjects().at(-1)).toBe('2 things wait in the inbox');
  await advance(24 * HOUR);
  expect(smtp.mails).toHaveLength(sent + 2);
});
