import { createHmac } from 'node:crypto';
import { startSmtpSink } from '../../../test/smtp-sink.js';
import { startWebhookSink } from '../../../test/webhook-sink.js';
import { FixedClock } from '../../config/index.js';
import type { ChannelAdapter, Delivery } from './channel-adapter.js';
import { LocalChannel } from './local.channel.js';
import { SmtpChannel } from './smtp.channel.js';
import { WebhookChannel, signWebhook } from './webhook.channel.js';

const NOW = '2026-01-14T11:00:00.000Z';
const SECRET = `whsec_${Buffer.from('a key of twenty-four byte').toString('base64')}`;
const DELIVERY: Delivery = {
  message_id: 'msg_1',
  lead_id: 'L0000001',
  campaign_id: 'CMP0001',
  variant_id: null,
  channel: 'Email',
  to: 'ada@example.com',
  subject: 'Grüße',
  body: 'Hello Ada\n.\nbye',
  unsubscribe_url: 'http://localhost:3000/unsubscribe/abc.def',
};

let smtp: Awaited<ReturnType<typeof startSmtpSink>>;
let webhook: Awaited<ReturnType<typeof startWebhookSink>>;
beforeEach(async () => {
  smtp = await startSmtpSink();
  webhook = await startWebhookSink();
});
afterEach(() => Promise.all([smtp.stop(), webhook.stop()]));

const ADAPTERS: Record<
  string,
  {
    open: () => ChannelAdapter;
    delivered: () => number;
    breakWire?: () => Promise<void>;
    refuse?: () => void;
    defer?: () => void;
    vanish?: () => void;
  }
> = {
  local: { open: () => new LocalChannel(true), delivered: () => 1 },
  smtp: {
    open: () => new SmtpChannel(smtp.url, 'Herald <herald@example.org>', 2_000),
    delivered: () => smtp.mails.length,
    breakWire: () => smtp.stop(),
    refuse: () => void (smtp.script = { rcpt: '550 no such user' }),
    defer: () => void (smtp.script = { text: '451 try later' }),
    vanish: () => void (smtp.script = { text: null }),
  },
  webhook: {
    open: () => new WebhookChannel(webhook.url, SECRET, new FixedClock(NOW), 2_000),
    delivered: () => webhook.calls.length,
    breakWire: () => webhook.stop(),
    refuse: () => void (webhook.answer = (response) => void response.writeHead(422).end()),
    defer: () => void (webhook.answer = (response) => void response.writeHead(503, { 'retry-after': '7' }).end()),
    vanish: () => void (webhook.answer = (response) => void response.destroy()),
  },
};

describe.each(Object.entries(ADAPTERS))('the %s channel', (name, wire) => {
  it('delivers a message once and says so', async () => {
    expect(await wire.open().send(DELIVERY)).toMatchObject({ outcome: 'sent' });
    expect(wire.delivered()).toBe(1);
  });

  it('says which name it goes by, and whether it leaves this machine', () => {
    expect(wire.open()).toMatchObject({ name, isLocal: name === 'local' });
  });

  if (!wire.breakWire) return;

  it('asks to try again when nobody answers', async () => {
    await wire.breakWire!();
    expect(await wire.open().send(DELIVERY)).toMatchObject({ outcome: 'retry' });
  });

  it('asks to try again when the other side says so', async () => {
    wire.defer!();
    expect(await wire.open().send(DELIVERY)).toMatchObject({ outcome: 'retry' });
  });

  it('gives up when the other side refuses', async () => {
    wire.refuse!();
    expect(await wire.open().send(DELIVERY)).toMatchObject({ outcome: 'refused' });
  });

  it('repeats an attempt of unknown end only where repeats are dropped', async () => {
    wire.vanish!();
    const adapter = wire.open();
    expect(await adapter.send(DELIVERY)).toMatchObject({ outcome: adapter.dropsRepeats ? 'retry' : 'uncertain' });
  });
});

describe('the smtp channel', () => {
  const open = () => new SmtpChannel(smtp.url, 'Herald <herald@example.org>', 500);

  it('carries one-click unsubscribe headers and the link in the text', async () => {
    await open().send(DELIVERY);
    const { from, to, source } = smtp.mails[0]!;
    expect({ from, to }).toEqual({ from: 'herald@example.org', to: ['ada@example.com'] });
    expect(source).toContain('List-Unsubscribe: <http://localhost:3000/unsubscribe/abc.def>\r\n');
    expect(source).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
    expect(source).toContain('Message-ID: <msg_1@example.org>\r\n');
    expect(source).toContain('Unsubscribe: http://localhost:3000/unsubscribe/abc.def');
  });

  it.each(['eve@example.com, ada@example.com', 'ada@example.com\r\nBcc: eve@example.com', '<ada@example.com>', 'ada'])(
    'refuses %j, which is not one address',
    async (to) => {
      expect(await open().send({ ...DELIVERY, to })).toMatchObject({ outcome: 'refused' });
      expect(smtp.mails).toEqual([]);
    },
  );

  it('lets no line break in a subject become a header', async () => {
    await open().send({ ...DELIVERY, subject: 'Hi\r\nBcc: eve@example.com' });
    expect(smtp.mails[0]!.to).toEqual(['ada@example.com']);
    expect(smtp.mails[0]!.source).not.toMatch(/^Bcc:/m);
  });

  it('tells a mailbox that does not exist from other refusals', async () => {
    smtp.script = { rcpt: '550 5.1.1 no such user' };
    expect(await open().send(DELIVERY)).toMatchObject({ outcome: 'refused', isBadAddress: true });
    smtp.script = { rcpt: '550 5.6.0 content' };
    expect(await open().send(DELIVERY)).toMatchObject({ outcome: 'refused', isBadAddress: false });
    smtp.script = { rcpt: '550 5.7.1 relaying denied' };
    expect(await open().send(DELIVERY)).toMatchObject({ outcome: 'retry', refusesUs: true });
  });

  it('knows that a connection lost before the text delivered nothing', async () => {
    smtp.script = { rcpt: null };
    expect(await open().send(DELIVERY)).toMatchObject({ outcome: 'retry' });
  });
});

describe('the webhook channel', () => {
  const open = (timeoutMs = 2_000) => new WebhookChannel(webhook.url, SECRET, new FixedClock(NOW), timeoutMs);

  it('signs each call with the message id, the time and the body', async () => {
    expect(await open().send({ ...DELIVERY, channel: 'SMS' })).toEqual({ outcome: 'sent', provider_id: 'provider-1' });
    const { headers, body } = webhook.calls[0]!;
    expect(headers).toMatchObject({ 'webhook-id': 'msg_1', 'webhook-timestamp': '1768388400' });
    const key = Buffer.from(SECRET.slice(6), 'base64');
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(`msg_1.1768388400.${body}`).digest('base64')}`,
    );
    expect(JSON.parse(body)).toMatchObject({
      type: 'message.send',
      timestamp: NOW,
      data: { message_id: 'msg_1', channel: 'SMS' },
    });
  });

  it('repeats under the same id', async () => {
    const adapter = open();
    await adapter.send(DELIVERY);
    await adapter.send(DELIVERY);
    expect(webhook.calls.map(({ headers }) => headers['webhook-id'])).toEqual(['msg_1', 'msg_1']);
  });

  it('waits as long as it is asked to', async () => {
    webhook.answer = (response) => void response.writeHead(429, { 'retry-after': '30' }).end();
    expect(await open().send(DELIVERY)).toEqual({ outcome: 'retry', reason: 'webhook answered 429', afterSeconds: 30 });
  });

  it('follows no redirect', async () => {
    webhook.answer = (response) => void response.writeHead(302, { location: webhook.url }).end();
    expect(await open().send(DELIVERY)).toMatchObject({ outcome: 'refused' });
    expect(webhook.calls).toHaveLength(1);
  });

  it('stops waiting for a receiver that never answers', async () => {
    webhook.answer = () => undefined;
    expect(await open(100).send(DELIVERY)).toMatchObject({ outcome: 'retry' });
  });

  it('takes an answer without an id for a yes', async () => {
    webhook.answer = (response) => void response.writeHead(204).end();
    expect(await open().send(DELIVERY)).toEqual({ outcome: 'sent', provider_id: null });
  });
});

it('signs like the example of the specification', () => {
  // https://github.com/standard-webhooks/standard-webhooks, the libraries' shared test case
  const headers = signWebhook(
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    new Date(1614265330_000),
    '{"test": 2432232314}',
  );
  expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});
