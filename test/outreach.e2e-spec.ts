import { Outreach, hashAddress } from '../src/outreach/index.js';
import { ChannelRouter } from '../src/outreach/channels/channel-router.js';
import { SendClaims } from '../src/outreach/send-claim.js';
import { HeraldOutreach, NOON, aLead, aWish } from './outreach-fixture.js';
import { startSmtpSink } from './smtp-sink.js';
import { startWebhookSink } from './webhook-sink.js';
import { Interaction } from '../src/crm/conversations/interaction.entity.js';
import { Lead } from '../src/crm/leads/lead.entity.js';

const MORNING = '2026-01-15T07:00:00.000Z'; // 08:00 in Berlin
const SECOND = 1_000;
const after = (instant: string, milliseconds: number) => new Date(Date.parse(instant) + milliseconds).toISOString();

describe('outreach', () => {
  let herald: HeraldOutreach;
  afterEach(() => herald.end());

  describe('without a wire', () => {
    beforeEach(async () => {
      herald = await HeraldOutreach.start();
      await herald.addLeads(aLead());
    });

    it('sends a planned message to the local outbox and notes it in the history of the lead', async () => {
      const [planned] = await herald.plan(aWish({ conversation_id: 'C1', variant_id: 'VAR1', campaign_id: 'CMP0001' }));
      await herald.drain();
      expect(await herald.message(planned!.message_id)).toMatchObject({
        status: 'sent',
        sent_at: NOON,
        transport: 'local',
        attempts: 1,
        to_address_hash: hashAddress('ada@example.com'),
        verdict: { allowed: true },
      });
      expect(await herald.interactions()).toMatchObject([
        {
          lead_id: 'L1',
          conversation_id: 'C1',
          variant_id: 'VAR1',
          event_type: 'email_sent',
          channel: 'Email',
          agent_id: 'EN-001',
          timestamp: NOON,
        },
      ]);
    });

    it('plans a wish under one key once', async () => {
      const wish = aWish({ idempotency_key: 'step-1' });
      const [first] = await herald.plan(wish);
      const [second, third] = await herald.plan(wish, aWish({ idempotency_key: 'step-2' }));
      expect(second!.message_id).toBe(first!.message_id);
      expect(third!.message_id).not.toBe(first!.message_id);
      expect(await herald.statuses()).toHaveLength(2);
    });

    it("holds a message in the lead's quiet hours until morning", async () => {
      await herald.plan(aWish({ planned_for: '2026-01-14T21:00:00.000Z' }));
      await herald.drainAt('2026-01-14T21:00:00.000Z');
      const { body } = await herald.get('/api/v1/messages');
      expect(body.items).toMatchObject([
        { status: 'held', earliest: MORNING, verdict: { allowed: false, rule: 'quiet_hours', earliest: MORNING } },
      ]);
      await herald.drainAt(after(MORNING, -SECOND));
      expect(await herald.statuses()).toEqual(['held']);
      await herald.drainAt(after(MORNING, SECOND));
      expect(await herald.statuses()).toEqual(['sent']);
    });

    it('judges when it sends, not when it plans', async () => {
      await herald.plan(aWish({ planned_for: '2026-01-14T12:00:00.000Z' }));
      await herald.uow.run((unit) => unit.of(Lead).update({ lead_id: 'L1' }, { gdpr_consent: false }));
      await herald.drainAt('2026-01-14T12:00:00.000Z');
      expect((await herald.get('/api/v1/messages')).body.items).toMatchObject([
        { status: 'held', earliest: null, verdict: { rule: 'consent' } },
      ]);
      expect(await herald.interactions()).toEqual([]);
    });

    it('lets the held message of higher value go first, not the older one', async () => {
      const [old, valuable] = await herald.plan(
        aWish({ body: 'old', expected_value: 1, planned_for: '2026-01-14T21:00:00.000Z' }),
        aWish({ body: 'valuable', expected_value: 50, planned_for: '2026-01-14T22:00:00.000Z' }),
      );
      await herald.drainAt('2026-01-14T22:00:00.000Z');
      expect(await herald.statuses()).toEqual(['held', 'held']);
      await herald.drainAt(after(MORNING, SECOND));
      expect((await herald.message(valuable!.message_id)).status).toBe('sent');
      expect(await herald.message(old!.message_id)).toMatchObject({ status: 'held' });
      await herald.drainAt(after(MORNING, 100 * SECOND));
      expect(await herald.message(old!.message_id)).toMatchObject({
        status: 'held',
        hold_rule: 'frequency_cap',
        earliest: '2026-01-16T07:00:01.000Z',
      });
      await herald.drainAt('2026-01-16T07:00:03.000Z');
      expect((await herald.message(old!.message_id)).status).toBe('sent');
    });

    it('lets the message of higher value go first even when the other is worked on before it', async () => {
      const [poor, rich] = await herald.plan(aWish({ expected_value: 1 }), aWish({ expected_value: 50 }));
      await herald.drain();
      expect(await herald.message(poor!.message_id)).toMatchObject({ status: 'held', hold_rule: 'better_message' });
      expect((await herald.message(rich!.message_id)).status).toBe('sent');
    });

    it('orders what becomes free at once by value across leads', async () => {
      await herald.addLeads(...[2, 3, 4].map((n) => aLead({ lead_id: `L${n}`, email: `l${n}@example.com` })));
      await herald.plan(
        ...[1, 2, 3, 4].map((n) =>
          aWish({ lead_id: `L${n}`, expected_value: [0, 5, 500, 50][n - 1]!, planned_for: '2026-01-14T21:00:00.000Z' }),
        ),
      );
      await herald.drainAt('2026-01-14T21:00:00.000Z');
      herald.clock.set(after(MORNING, SECOND));
      const order = await Promise.all(
        (await herald.due()).map(
          async ({ payload }) => (await herald.message((payload as { message_id: string }).message_id)).lead_id,
        ),
      );
      expect(order).toEqual(['L3', 'L4', 'L2', 'L1']);
    });

    it('keeps the cap for one address under two leads', async () => {
      await herald.addLeads(aLead({ lead_id: 'L2', email: 'ADA@example.com' }));
      await herald.plan(aWish(), aWish({ lead_id: 'L2' }));
      await herald.drain();
      expect(await herald.statuses()).toEqual(['sent', 'held']);
    });

    it('keeps the cap when jobs run at once', async () => {
      await herald.plan(...Array.from({ length: 8 }, (_, index) => aWish({ channel: index % 2 ? 'Email' : 'SMS' })));
      await Promise.all((await herald.due()).map((row) => herald.work(row)));
      await herald.drain();
      expect((await herald.statuses()).filter((status) => status === 'sent')).toHaveLength(1);
    });

    it('counts what other systems sent, and heeds the opt-outs they heard', async () => {
      const event = {
        conversation_id: null,
        lead_id: 'L1',
        campaign_id: null,
        agent_id: null,
        variant_id: null,
        outcome: 'none',
        metadata_json: {},
      };
      const insert = (...rows: Partial<Interaction>[]) =>
        herald.uow.run((unit) => unit.of(Interaction).insert(rows.map((row) => ({ ...event, ...row }))));
      const check = async (channel: string) =>
        (await herald.post('/api/v1/messages/check', { lead_id: 'L1', channel })).body;
      await insert({
        interaction_id: 'INT1',
        timestamp: '2026-01-14T09:00:00.000Z',
        channel: 'SMS',
        event_type: 'sms_sent',
      });
      expect(await check('Email')).toMatchObject({
        allowed: false,
        rule: 'frequency_cap',
        earliest: '2026-01-15T09:00:00.000Z',
      });
      await insert({
        interaction_id: 'msg_elsewhere-unsubscribed-1',
        timestamp: NOON,
        channel: 'Social',
        event_type: 'unsubscribe',
        outcome: 'unsubscribe',
      });
      expect(await check('Social')).toMatchObject({ allowed: false, rule: 'consent', earliest: null });
      expect(await check('Email')).toMatchObject({ allowed: false, rule: 'consent', earliest: null });
    });

    it('cancels what has expired, and what has nobody to go to', async () => {
      await herald.plan(
        aWish({ planned_for: '2026-01-14T21:00:00.000Z', expires_at: '2026-01-14T23:00:00.000Z' }),
        aWish({ lead_id: 'gone' }),
      );
      await herald.drainAt('2026-01-14T21:00:00.000Z');
      expect(await herald.statuses()).toEqual(['cancelled', 'cancelled']);
    });

    it('forgets the messages of a deleted lead and keeps the suppression of its address', async () => {
      await herald.plan(aWish());
      await herald
        .post('/api/v1/suppressions', { channel: 'All', lead_id: 'L1', reason: 'legal', note: 'asked by letter' })
        .expect(201);
      expect((await herald.delete('/api/v1/leads/L1')).status).toBe(204);
      expect(await herald.statuses()).toEqual([]);
      expect(await herald.suppressions()).toHaveLength(2);
      expect((await herald.suppressions()).map(({ lead_id, note }) => [lead_id, note])).toEqual([
        [null, null],
        [null, null],
      ]);
      await herald.addLeads(aLead({ lead_id: 'L9', email: 'Ada@Example.com' }));
      const { body } = await herald.post('/api/v1/messages/check', { lead_id: 'L9', channel: 'Email' });
      expect(body).toMatchObject({ allowed: false, rule: 'suppression', earliest: null });
    });
  });

  describe('with neither a wire nor a sandbox', () => {
    it('keeps messages unsent, says so, and sends them once it is started with a wire', async () => {
      herald = await HeraldOutreach.start({ environment: { HERALD_SANDBOX: '0' } });
      await herald.addLeads(aLead());
      const [message] = await herald.plan(aWish({ channel: 'SMS' }));
      await herald.drain();
      expect(await herald.message(message!.message_id)).toMatchObject({
        status: 'held',
        hold_rule: 'not_connected',
        sent_at: null,
        earliest: null,
      });
      expect(await herald.interactions()).toEqual([]);
      const check = await herald.post('/api/v1/messages/check', { lead_id: 'L1', channel: 'SMS' });
      expect(check.body).toMatchObject({ allowed: false, rule: 'not_connected' });
      await herald.uow.run((unit) => herald.app.get(Outreach).judgeUnconnected(unit, ['SMS'], 10, NOON));
      await herald.drain();
      expect(await herald.message(message!.message_id)).toMatchObject({ hold_rule: 'not_connected' });
      await herald.stop();
      const webhook = await startWebhookSink();
      herald = await HeraldOutreach.start({
        dataDir: herald.dataDir,
        environment: { HERALD_WEBHOOK_URL: webhook.url, HERALD_WEBHOOK_SECRET: 'whsec_c2VjcmV0' },
      });
      await herald.uow.run((unit) => herald.app.get(Outreach).judgeUnconnected(unit, ['SMS'], 10, NOON));
      await herald.drain();
      expect(await herald.message(message!.message_id)).toMatchObject({ status: 'sent', transport: 'webhook' });
      expect(webhook.calls).toHaveLength(1);
      await webhook.stop();
    });
  });

  describe('over REST', () => {
    beforeEach(async () => {
      herald = await HeraldOutreach.start();
      await herald.addLeads(aLead());
    });

    it('plans, shows, lists and cancels a message', async () => {
      const planned = await herald.post('/api/v1/messages', {
        lead_id: 'L1',
        channel: 'Email',
        subject: 'Hi',
        body: 'Hi',
        planned_for: '2026-01-20T11:00:00+01:00',
      });
      expect(planned.status).toBe(201);
      expect(planned.body).toMatchObject({
        status: 'planned',
        planned_for: '2026-01-20T10:00:00.000Z',
        campaign_id: 'CMP0001',
        origin: expect.stringMatching(/^api:/),
      });
      expect(planned.body).not.toHaveProperty('to_address_hash');
      const path = `/api/v1/messages/${planned.body.message_id}`;
      expect((await herald.get(path)).body).toEqual(planned.body);
      expect(
        (await herald.get('/api/v1/messages?lead_id=L1&status=planned&channel=Email&campaign_id=CMP0001')).body.items,
      ).toHaveLength(1);
      expect((await herald.get('/api/v1/messages?status=sent')).body).toEqual({ items: [], next_cursor: null });
      expect((await herald.post(`${path}/cancel`)).body).toMatchObject({ status: 'cancelled' });
      await herald.drainAt('2026-01-20T10:00:00.000Z');
      expect(await herald.statuses()).toEqual(['cancelled']);
    });

    it.each([
      ['/api/v1/messages', { lead_id: 'nobody', channel: 'Email', body: 'x' }, 404],
      ['/api/v1/messages', { lead_id: 'L1', channel: 'Pigeon', body: 'x' }, 400],
      ['/api/v1/messages', { lead_id: 'L1', channel: 'Email', body: '' }, 400],
      ['/api/v1/messages', { lead_id: 'L1', channel: 'Email', body: 'x', subject: 'a\r\nBcc: b' }, 400],
      ['/api/v1/messages', { lead_id: 'L1', channel: 'Email', body: 'x', expires_at: '2020-01-01T00:00:00Z' }, 400],
      ['/api/v1/messages/nothing/cancel', {}, 404],
      ['/api/v1/messages/nothing/events', { type: 'opened' }, 404],
      ['/api/v1/suppressions', { channel: 'Email' }, 400],
      ['/api/v1/suppressions', { channel: 'Email', address: 'a@b.example', lead_id: 'L1' }, 400],
    ])('refuses POST %s %j with %d', async (path, body, status) => {
      const response = await herald.post(path, body);
      expect(response.status).toBe(status);
      expect(response.headers['content-type']).toContain('application/problem+json');
    });

    it('takes a sent message for what it is', async () => {
      const { message_id } = (await herald.plan(aWish()))[0]!;
      expect((await herald.post(`/api/v1/messages/${message_id}/events`, { type: 'opened' })).body.code).toBe(
        'message_not_sent',
      );
      await herald.drain();
      expect((await herald.post(`/api/v1/messages/${message_id}/cancel`)).body.code).toBe('message_not_cancellable');
      expect((await herald.post(`/api/v1/messages/${message_id}/resolve`, { resolution: 'sent' })).body.code).toBe(
        'message_not_uncertain',
      );
    });

    it('keeps the events of a message once each, and says who made them', async () => {
      const [message] = await herald.plan(aWish());
      await herald.drain();
      const path = `/api/v1/messages/${message!.message_id}/events`;
      const click = {
        type: 'clicked',
        at: after(NOON, 2 * SECOND),
        event_id: 'ev-1',
        user_agent: 'Mozilla/5.0',
        metadata: { url: 'https://example.org' },
      };
      const first = await herald.post(path, click);
      expect(first.status).toBe(201);
      expect(first.body).toMatchObject({ is_new: true, human_probability: 0.1, suppressed: false });
      expect((await herald.post(path, click)).body).toMatchObject({
        is_new: false,
        interaction_id: first.body.interaction_id,
      });
      await herald.post(path, { type: 'replied', outcome: 'positive' });
      expect((await herald.interactions()).map(({ event_type, outcome }) => [event_type, outcome]).sort()).toEqual([
        ['email_click', 'none'],
        ['email_sent', 'none'],
        ['reply', 'positive'],
      ]);
      expect((await herald.post(path, { type: 'opened', at: '2026-02-01T00:00:00Z' })).status).toBe(400);
    });

    it.each([
      ['bounced', {}, [['Email', 'bounce']]],
      ['bounced', { bounce_type: 'soft' }, []],
      ['complained', {}, [['All', 'complaint']]],
      ['unsubscribed', {}, [['Email', 'unsubscribe']]],
    ])('suppresses the address as %s %j asks', async (type, more, expected) => {
      const [message] = await herald.plan(aWish());
      await herald.drain();
      await herald.post(`/api/v1/messages/${message!.message_id}/events`, { type, ...more }).expect(201);
      expect((await herald.suppressions()).map(({ channel, reason }) => [channel, reason])).toEqual(expected);
    });

    it('adds, lists and removes suppressions', async () => {
      const added = await herald.post('/api/v1/suppressions', {
        channel: 'SMS',
        address: '+49 30 123456',
        reason: 'manual',
      });
      expect(added.status).toBe(201);
      const [{ suppression_id }] = added.body.items;
      expect(
        (await herald.post('/api/v1/suppressions', { channel: 'SMS', address: '0049 30-123456' })).body.items[0]
          .suppression_id,
      ).toBe(suppression_id);
      expect((await herald.get('/api/v1/suppressions?channel=SMS')).body.items).toHaveLength(1);
      expect((await herald.post('/api/v1/messages/check', { lead_id: 'L1', channel: 'SMS' })).body.rule).toBe(
        'suppression',
      );
      expect((await herald.post('/api/v1/messages/check', { lead_id: 'L1', channel: 'Call' })).body.allowed).toBe(true);
      expect((await herald.delete(`/api/v1/suppressions/${suppression_id}`)).status).toBe(204);
      expect((await herald.delete(`/api/v1/suppressions/${suppression_id}`)).status).toBe(404);
      expect((await herald.post('/api/v1/messages/check', { lead_id: 'L1', channel: 'SMS' })).body.allowed).toBe(true);
    });
  });

  describe('over SMTP and webhook', () => {
    let smtp: Awaited<ReturnType<typeof startSmtpSink>>;
    let webhook: Awaited<ReturnType<typeof startWebhookSink>>;
    let environment: Record<string, string>;
    beforeEach(async () => {
      smtp = await startSmtpSink();
      webhook = await startWebhookSink();
      environment = {
        HERALD_SMTP_URL: smtp.url,
        HERALD_SMTP_FROM: 'Herald <herald@example.org>',
        HERALD_WEBHOOK_URL: webhook.url,
        HERALD_WEBHOOK_SECRET: 'whsec_c2VjcmV0',
      };
      herald = await HeraldOutreach.start({ environment });
      await herald.addLeads(aLead());
    });
    afterEach(() => Promise.all([smtp.stop(), webhook.stop()]));

    /** The token of the unsubscribe link in the last email. */
    const unsubscribePath = () =>
      /^List-Unsubscribe: <https:\/\/herald\.example\.org(\S+)>/m.exec(
        smtp.mails.at(-1)!.source.replace(/\r\n\s+/g, ' '),
      )![1]!;

    it('mails, and takes one-click unsubscribes but no mere visits', async () => {
      await herald.plan(aWish());
      await herald.drain();
      expect(smtp.mails).toMatchObject([{ to: ['ada@example.com'], source: expect.stringContaining('Hello Ada') }]);
      const path = unsubscribePath();
      const page = await herald.http().get(path);
      expect(page.status).toBe(200);
      expect(page.text).toContain('<form method="post">');
      await herald.http().head(path);
      expect(await herald.suppressions()).toEqual([]);

      await herald.http().post(path).type('form').send('List-Unsubscribe=One-Click').expect(200);
      await herald.http().post(path).field('List-Unsubscribe', 'One-Click').expect(200);
      expect(await herald.suppressions()).toMatchObject([
        { channel: 'Email', address_hash: hashAddress('ada@example.com'), reason: 'unsubscribe', lead_id: 'L1' },
      ]);
      expect((await herald.interactions()).filter(({ outcome }) => outcome === 'unsubscribe')).toHaveLength(1);
    });

    it('honours the link of a lead that is gone', async () => {
      await herald.plan(aWish());
      await herald.drain();
      await herald.delete('/api/v1/leads/L1').expect(204);
      await herald.http().post(unsubscribePath()).expect(200);
      expect(await herald.suppressions()).toMatchObject([
        { address_hash: hashAddress('ada@example.com'), lead_id: null },
      ]);
    });

    it('knows its own links only', async () => {
      await herald.http().get('/unsubscribe/made.up').expect(404);
      await herald.http().post('/unsubscribe/made.up').expect(404);
      await herald
        .http()
        .post(`/unsubscribe/${'x'.repeat(90)}`)
        .expect(404);
    });

    it('tries four times, longer and longer apart, then about once an hour, and sends it when the wire is back', async () => {
      webhook.answer = (response) => void response.writeHead(503).end();
      const [message] = await herald.plan(aWish({ channel: 'SMS' }));
      await herald.drain();
      expect(await herald.message(message!.message_id)).toMatchObject({
        status: 'planned',
        attempts: 1,
        claimed_at: null,
        failure_reason: 'webhook answered 503',
      });
      for (let minute = 1; minute <= 30; minute++) await herald.drainAt(after(NOON, minute * 60 * SECOND));
      expect(webhook.calls.map(({ headers }) => headers['webhook-id'])).toEqual(Array(4).fill(message!.message_id));
      expect(await herald.message(message!.message_id)).toMatchObject({
        status: 'planned',
        failure: 'error',
        attempts: 4,
      });
      webhook.answer = (response) => void response.writeHead(200).end('{}');
      for (let minute = 35; minute <= 120; minute += 5) await herald.drainAt(after(NOON, minute * 60 * SECOND));
      expect(await herald.message(message!.message_id)).toMatchObject({ status: 'sent', failure: null, attempts: 5 });
      expect(webhook.calls).toHaveLength(5);
    });

    it('gives a message up when the wire stays away until it is not worth sending any more', async () => {
      webhook.answer = (response) => void response.writeHead(503).end();
      const [message] = await herald.plan(aWish({ channel: 'SMS', expires_at: after(NOON, 7_200 * SECOND) }));
      for (let minute = 0; minute <= 130; minute += 5) await herald.drainAt(after(NOON, minute * 60 * SECOND));
      expect(await herald.message(message!.message_id)).toMatchObject({ status: 'failed', failure: 'error' });
    });

    it('rests a channel that keeps failing', async () => {
      webhook.answer = (response) => void response.writeHead(400).end();
      await herald.addLeads(
        ...Array.from({ length: 30 }, (_, n) => aLead({ lead_id: `M${n}`, phone: `+49 30 5000${n}` })),
      );
      await herald.plan(...Array.from({ length: 30 }, (_, n) => aWish({ lead_id: `M${n}`, channel: 'SMS' })));
      await herald.drain();
      expect(webhook.calls).toHaveLength(20);
      const held = (await herald.get('/api/v1/messages?status=held')).body.items;
      expect(held).toHaveLength(10);
      expect(held[0]).toMatchObject({ verdict: { rule: 'channel_health', earliest: after(NOON, 15 * 60 * SECOND) } });
      webhook.answer = (response) => void response.end();
      await herald.drainAt(after(NOON, 16 * 60 * SECOND));
      expect((await herald.statuses()).filter((status) => status === 'sent')).toHaveLength(10);
    });

    describe('after a crash with a message on its way', () => {
      const crash = async (channel: 'Email' | 'SMS') => {
        const [message] = await herald.plan(aWish({ channel }));
        const adapter = herald.app.get(ChannelRouter, { strict: false }).adapterFor(channel);
        await herald.uow.run((unit) =>
          herald.app.get(SendClaims, { strict: false }).claim(unit, message!.message_id, adapter),
        );
        await herald.stop();
        herald = await HeraldOutreach.start({ environment, dataDir: herald.dataDir, now: after(NOON, SECOND) });
        return message!.message_id;
      };

      it('leaves the other process its time', async () => {
        const messageId = await crash('SMS');
        await herald.drain();
        expect((await herald.message(messageId)).status).toBe('sending');
        expect(webhook.calls).toEqual([]);
      });

      it('calls the webhook again under the same id', async () => {
        const messageId = await crash('SMS');
        await herald.drainAt(after(NOON, 180 * SECOND));
        expect(await herald.message(messageId)).toMatchObject({ status: 'sent', attempts: 2 });
        expect(webhook.calls.map(({ headers }) => headers['webhook-id'])).toEqual([messageId]);
      });

      it('mails nothing twice and asks a person', async () => {
        const messageId = await crash('Email');
        await herald.drainAt(after(NOON, 180 * SECOND));
        expect(await herald.message(messageId)).toMatchObject({ status: 'uncertain' });
        expect(smtp.mails).toEqual([]);
        await herald.plan(aWish());
        await herald.drain();
        expect((await herald.statuses())[1]).toBe('held');

        await herald.post(`/api/v1/messages/${messageId}/resolve`, { resolution: 'not_sent' }).expect(200);
        await herald.drain();
        expect(smtp.mails).toHaveLength(1);
        expect((await herald.message(messageId)).status).toBe('sent');
      });
    });

    it('suppresses an address that the mail server does not know', async () => {
      smtp.script = { rcpt: '550 5.1.1 no such user' };
      const [message] = await herald.plan(aWish());
      await herald.drain();
      expect(await herald.message(message!.message_id)).toMatchObject({ status: 'failed', failure: 'bounce' });
      expect(await herald.suppressions()).toMatchObject([
        { channel: 'Email', address_hash: hashAddress('ada@example.com'), reason: 'bounce' },
      ]);
    });

    it('stops trying when it hears that the message arrived', async () => {
      webhook.answer = (response) => void response.writeHead(503).end();
      const [message] = await herald.plan(aWish({ channel: 'SMS' }));
      await herald.drain();
      await herald.post(`/api/v1/messages/${message!.message_id}/events`, { type: 'delivered' }).expect(201);
      await herald.drainAt(after(NOON, 120 * SECOND));
      expect(webhook.calls).toHaveLength(1);
      expect(await herald.message(message!.message_id)).toMatchObject({ status: 'sent', sent_at: NOON });
    });

    it('believes a sign of life of an uncertain message', async () => {
      smtp.script = { text: null };
      const [message] = await herald.plan(aWish());
      await herald.drain();
      expect((await herald.message(message!.message_id)).status).toBe('uncertain');
      await herald.post(`/api/v1/messages/${message!.message_id}/events`, { type: 'replied' }).expect(201);
      expect(await herald.message(message!.message_id)).toMatchObject({ status: 'sent', sent_at: NOON });
    });

    it('sends together what is due together, and each message comes to its own end', async () => {
      const others = [
        aLead({ lead_id: 'L2', email: 'bob@example.com', phone: '+49 30 2' }),
        aLead({ lead_id: 'L3', email: 'cyd@example.com', phone: null }),
        aLead({ lead_id: 'L4', email: 'dan@example.com', phone: '+49 30 4' }),
      ];
      await herald.addLeads(...others);
      const sms = ['L1', 'L2', 'L3', 'L4'].map((lead_id) => aWish({ lead_id, channel: 'SMS' }));
      const planned = await herald.plan(...sms);
      const answers: (() => void)[] = [];
      webhook.answer = (response) => {
        const isBad = webhook.calls.at(-1)!.headers['webhook-id'] === planned[1]!.message_id;
        answers.push(() => void response.writeHead(isBad ? 503 : 200).end());
        // nobody is answered before all have asked
        if (answers.length === 3) for (const answer of answers) answer();
      };
      await herald.work(...(await herald.due()));
      const ends = await Promise.all(planned.map(async ({ message_id }) => (await herald.message(message_id)).status));
      expect(ends).toEqual(['sent', 'planned', 'cancelled', 'sent']);
      expect(await herald.due()).toEqual([]);
    });

    it('sends one message once, however often its job is delivered', async () => {
      const [message] = await herald.plan(aWish({ channel: 'SMS' }));
      const [row] = await herald.due();
      await Promise.all([herald.work(row!), herald.work(row!), herald.work(row!)]);
      await herald.drainAt(after(NOON, 600 * SECOND));
      expect(webhook.calls).toHaveLength(1);
      expect((await herald.message(message!.message_id)).status).toBe('sent');
    });
  });
});
