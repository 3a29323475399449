import { Lead } from '../src/crm/leads/lead.entity.js';
import { hashAddress } from '../src/outreach/address.js';
import { UnsubscribeLinks } from '../src/outreach/unsubscribe-links.js';
import { HealthRegistry } from '../src/telemetry/index.js';
import { startSmtpSink } from './smtp-sink.js';
import { HeraldOutreach, NOON, aLead, aWish } from './outreach-fixture.js';

describe('what comes back for a message', () => {
  let herald: HeraldOutreach;
  let messageId: string;
  beforeEach(async () => {
    herald = await HeraldOutreach.start();
    await herald.addLeads(aLead());
    messageId = (await herald.plan(aWish()))[0]!.message_id;
    await herald.drain();
  });
  afterEach(() => herald.end());

  const report = async (event: object) => (await herald.post(`/api/v1/messages/${messageId}/events`, event)).body;
  const check = async (channel: string) =>
    (await herald.post('/api/v1/messages/check', { lead_id: 'L1', channel })).body;
  const bounce = (diagnostic: string, more: object = {}) => report({ type: 'bounced', diagnostic, ...more });

  it('ends everything when the lead writes to stop', async () => {
    expect(await report({ type: 'replied', text: 'Stop!\n\nAda' })).toMatchObject({
      type: 'unsubscribed',
      suppressed: true,
    });
    expect(await check('SMS')).toMatchObject({ allowed: false, rule: 'consent' });
  });

  it('takes a text that holds the word for the answer that it is', async () => {
    expect(await report({ type: 'replied', text: 'Can you stop by on Monday?' })).toMatchObject({
      type: 'replied',
      suppressed: false,
    });
  });

  it('hears the same word in what others track', async () => {
    const reply = { lead_id: 'L1', channel: 'SMS', event_type: 'sms_reply', metadata_json: { text: 'ARRET' } };
    expect((await herald.post('/api/v1/interactions', reply)).status).toBe(201);
    expect(await check('Email')).toMatchObject({ allowed: false, rule: 'consent' });
  });

  it('takes no automatic answer for one of the lead', async () => {
    const headers = { 'Auto-Submitted': 'auto-replied' };
    expect(await report({ type: 'replied', headers, text: 'I am away' })).toMatchObject({
      type: 'auto_replied',
      human_probability: 0,
      suppressed: false,
    });
    const { body } = await herald.post('/api/v1/interactions', {
      lead_id: 'L1',
      channel: 'Email',
      event_type: 'reply',
      metadata_json: { headers, text: 'I am away' },
    });
    expect(body.event_type).toBe('auto_reply');
    expect((await herald.database.of(Lead).get('L1'))!.last_active_at).toBeNull();
  });

  it.each([
    ['550 5.1.1 unknown', true],
    ['552 5.2.2 mailbox full', false],
    ['550 5.6.0 content rejected', false],
    ['550 5.7.1 policy; see 5.1.1', false],
  ])('judges a bounce by the code at its head: %s', async (diagnostic, suppressed) => {
    expect(await bounce(diagnostic)).toMatchObject({ is_new: true, suppressed });
    expect(await herald.suppressions()).toHaveLength(suppressed ? 1 : 0);
  });

  it('counts a hard bounce after a soft one under the same id, once', async () => {
    expect(await report({ type: 'bounced', bounce_type: 'soft', event_id: 'e' })).toMatchObject({ suppressed: false });
    expect(await report({ type: 'bounced', bounce_type: 'hard', event_id: 'e' })).toMatchObject({
      is_new: false,
      suppressed: true,
    });
    expect(await report({ type: 'bounced', bounce_type: 'soft', event_id: 'e' })).toMatchObject({ suppressed: false });
    expect(await herald.suppressions()).toHaveLength(1);
    const kept = (await herald.interactions()).filter(({ event_type }) => event_type === 'bounce');
    expect(kept).toMatchObject([{ metadata_json: { bounce_type: 'hard', earlier: [{ bounce_type: 'soft' }] } }]);
  });

  it('gives up an address after five soft bounces in a row', async () => {
    const soft = () => bounce('452 4.2.2 mailbox full');
    for (let n = 0; n < 4; n++) expect(await soft()).toMatchObject({ suppressed: false });
    herald.clock.advance(1000);
    await report({ type: 'opened' });
    herald.clock.advance(1000);
    for (let n = 0; n < 4; n++) expect(await soft()).toMatchObject({ suppressed: false });
    expect(await soft()).toMatchObject({ suppressed: true });
  });

  it('judges kept bounces again', async () => {
    await report({ type: 'bounced', metadata: { note: '550 5.7.1 policy' }, event_id: 'a' });
    expect(await herald.suppressions()).toHaveLength(1);
    const { body } = await herald.post(`/api/v1/messages/${messageId}/events/rejudge`);
    expect(body).toEqual({ message_id: messageId, bounces: 1, suppressed: true });
  });
});

describe('a mail server that refuses our sender', () => {
  it('suppresses nobody, and rests the channel until it takes a message', async () => {
    const sink = await startSmtpSink();
    const herald = await HeraldOutreach.start({ environment: { HERALD_SMTP_URL: sink.url } });
    try {
      const people = ['ada', 'bob', 'cyd'].map((name) =>
        aLead({ lead_id: name, email: `${name}@example.com`, phone: null, time_zone: 'Europe/Berlin' }),
      );
      await herald.addLeads(...people);
      sink.script = { rcpt: '550 5.1.8 <herald@localhost>: Sender address rejected' };
      await herald.plan(...people.map(({ lead_id }) => aWish({ lead_id: lead_id! })));
      await herald.drain();
      expect(await herald.suppressions()).toEqual([]);
      expect((await herald.statuses()).sort()).toEqual(['held', 'held', 'planned']);
      const check = await herald.post('/api/v1/messages/check', { lead_id: 'ada', channel: 'Email' });
      expect(check.body).toMatchObject({ rule: 'channel_health', earliest: '2026-01-14T12:00:00.000Z' });
      sink.script = {};
      await herald.drainAt('2026-01-14T12:02:00.000Z');
      await herald.drainAt('2026-01-14T13:30:00.000Z');
      expect(await herald.statuses()).toEqual(['sent', 'sent', 'sent']);
      expect(sink.mails[0]!.source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
      expect(Date.parse(NOON)).toBeLessThan(herald.clock.now().getTime());
    } finally {
      await herald.end();
      await sink.stop();
    }
  });
});

describe('the page behind the link in every message', () => {
  let herald: HeraldOutreach;
  let path: string;
  let token: string;
  beforeEach(async () => {
    herald = await HeraldOutreach.start();
    await herald.addLeads(aLead());
    const [message] = await herald.plan(aWish());
    await herald.drain();
    const claim = { channel: 'Email', address_hash: hashAddress('ada@example.com') } as const;
    path = new URL(herald.app.get(UnsubscribeLinks).urlFor({ ...claim, message_id: message!.message_id })).pathname;
    token = path.split('/').at(-1)!;
    // the caps of the day before
    herald.clock.advance(26 * 3_600_000);
  });
  afterEach(() => herald.end());

  const rule = async (channel: string) =>
    (await herald.post('/api/v1/messages/check', { lead_id: 'L1', channel })).body.rule;
  const post = (form: object) => herald.http().post(path).type('form').send(form);

  it('changes nothing when it is read', async () => {
    const { text } = await herald.http().get(path).expect(200);
    expect(text).toContain('<input type="checkbox" name="channels" value="Email" checked>');
    expect(text).toContain('<input type="checkbox" name="topics" value="ideas" checked>');
    expect(await rule('Email')).toBeNull();
  });

  it('lets the person say which channels and topics stay open', async () => {
    await post({ action: 'choose', channels: ['SMS', 'Call'], topics: 'offers' }).expect(200);
    expect([await rule('Email'), await rule('SMS')]).toEqual(['consent', null]);
    const { text } = await herald.http().get(path).expect(200);
    expect(text).toContain('value="SMS" checked');
    expect(text).not.toContain('value="ideas" checked');
    const [idea] = await herald.plan(aWish({ channel: 'SMS', sequence: { name: 'nurture', step: 1 } }));
    await herald.drain();
    expect(await herald.message(idea!.message_id)).toMatchObject({ status: 'held', hold_rule: 'consent' });
  });

  it('opens again what an unsubscribe had closed', async () => {
    await post({ 'List-Unsubscribe': 'One-Click' }).expect(200);
    expect([await rule('Email'), await rule('SMS')]).toEqual(['suppression', 'consent']);
    await post({ action: 'choose', channels: 'Email', topics: ['offers', 'ideas'] }).expect(200);
    expect([await rule('Email'), await rule('SMS')]).toEqual([null, 'consent']);
    await post({ 'List-Unsubscribe': 'One-Click' }).expect(200);
    expect(await rule('Email')).toBe('suppression');
  });

  it('pauses for thirty days', async () => {
    await post({ action: 'pause' }).expect(200);
    const check = await herald.post('/api/v1/messages/check', { lead_id: 'L1', channel: 'Email' });
    expect(check.body).toMatchObject({ rule: 'paused', earliest: '2026-02-14T13:00:00.000Z' });
    herald.clock.set('2026-02-14T13:00:00.000Z');
    expect(await rule('Email')).toBeNull();
  });

  it('ends everything where nothing stays open', async () => {
    await post({ action: 'choose' }).expect(200);
    expect([await rule('Email'), await rule('SMS')]).toEqual(['consent', 'consent']);
  });

  it('is there as JSON, too', async () => {
    const chosen = { action: 'choose', channels: ['Email'], topics: ['ideas'] };
    await herald.http().put(`/api/v1/preferences/${token}`).send(chosen).expect(200);
    const { body } = await herald.http().get(`/api/v1/preferences/${token}`).expect(200);
    expect(body.channels).toContainEqual({ channel: 'SMS', title: 'text messages', open: false });
    expect(body.channels).toContainEqual({ channel: 'Email', title: 'emails', open: true });
    expect(body.topics).toContainEqual(expect.objectContaining({ topic: 'offers', open: false }));
    await herald.http().get('/api/v1/preferences/made.up').expect(404);
  });
});

describe('a set-up whose links lead nowhere', () => {
  const state = async (environment: Record<string, string>, dataDir?: string) => {
    const herald = await HeraldOutreach.start({ environment, ...(dataDir !== undefined && { dataDir }) });
    if (dataDir === undefined) await herald.addLeads(aLead());
    const check = await herald.post('/api/v1/messages/check', { lead_id: 'L1', channel: 'Email' });
    const { checks } = await herald.app.get(HealthRegistry).report();
    return { herald, check: check.body, outreach: checks.outreach };
  };

  it('sends no email without an https address, and says so', async () => {
    const { herald, check, outreach } = await state({
      HERALD_SMTP_URL: 'smtp://127.0.0.1:9',
      HERALD_PUBLIC_URL: 'http://localhost:3000',
    });
    const [message] = await herald.plan(aWish());
    await herald.drain();
    expect(await herald.message(message!.message_id)).toMatchObject({ status: 'held', hold_rule: 'setup' });
    expect(check).toMatchObject({ rule: 'setup', reason: expect.stringContaining('HERALD_PUBLIC_URL') });
    expect(outreach).toMatchObject({ status: 'up', note: expect.stringContaining('HERALD_PUBLIC_URL') });
    await herald.end();
  });

  it('sends nothing that another secret of the same database could not read', async () => {
    const wire = { HERALD_SMTP_URL: 'smtp://127.0.0.1:9' };
    const first = await state({ ...wire, HERALD_JWT_SECRET: 'a'.repeat(32) });
    expect(first.check.allowed).toBe(true);
    await first.herald.stop();
    const { dataDir } = first.herald;
    const other = await state({ ...wire, HERALD_JWT_SECRET: 'b'.repeat(32) }, dataDir);
    expect(other.check).toMatchObject({ rule: 'setup', reason: expect.stringContaining('HERALD_JWT_SECRET') });
    expect(other.outreach).toMatchObject({ note: expect.stringContaining('another secret') });
    await other.herald.stop();
    const accepted = { ...wire, HERALD_JWT_SECRET: 'b'.repeat(32), HERALD_NEW_LINK_SECRET: '1' };
    const last = await state(accepted, dataDir);
    expect(last.check.allowed).toBe(true);
    await last.herald.end();
  });
});
