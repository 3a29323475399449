import { Stage, type StageLead } from './stage.js';

describe('on the way to the lead', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.start();
  });
  afterEach(() => (stage.mail.script = {}));
  afterAll(() => stage.stop());

  const onlyEmail = (): Promise<StageLead> => stage.mailed();

  it.each([
    ['a quarter of an hour', { minutes: 15 }, 1],
    ['three days', { days: 3 }, 2],
  ] as const)('a relay that is away for %s costs a delay and no lead', async (_, outage, withinDays) => {
    await stage.toWorkday(7);
    const leads: StageLead[] = [];
    for (let index = 0; index < 5; index++) leads.push(await onlyEmail());
    // all are planned for working hours: the relay goes away in the middle of them
    stage.mail.script.isDown = true;
    await stage.advance({ hours: 12 });
    await stage.advance(outage);
    stage.mail.script = {};
    await stage.advance({ days: withinDays });
    for (const lead of leads) {
      const sent = await stage.sent(lead);
      expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 'sent'));
      expect(sent.length).toBeGreaterThan(0);
    }
    await stage.advance({ days: 12 });
    for (const lead of leads) expect((await stage.sent(lead)).length).toBeGreaterThanOrEqual(2);
    expect(await stage.stranded()).toEqual([]);
  });

  it('a delivery of unknown end is shown to a person, who says what became of it', async () => {
    await stage.toWorkday(7);
    const lead = await stage.lead();
    const note = { lead_id: lead.lead_id, channel: 'Email', subject: 'A note', body: 'A note' };
    await stage.ask('POST', '/messages', note);
    stage.mail.script.text = (address) => (address === lead.email ? null : undefined);
    await stage.advance({ days: 2 });
    const [message] = await stage.messages(lead);
    expect(message).toMatchObject({ channel: 'Email', status: 'uncertain' });
    expect(await stage.reasons(lead)).toEqual(['uncertain_delivery']);
    stage.mail.script = {};
    await stage.ask('POST', `/messages/${message!.message_id}/resolve`, { resolution: 'sent' });
    await stage.advance({ days: 10 });
    expect(await stage.cases(lead)).toEqual([]);
    expect((await stage.messages(lead)).map(({ status }) => status)).toEqual(['sent']);
  });

  it('the weekly cap delays the sequence, and does not end it', async () => {
    await stage.toWorkday(9);
    const lead = await stage.written();
    for (let day = 0; day < 3; day++) {
      const planned_for = new Date(Date.parse(await stage.now()) + (day + 1) * 26 * 3_600_000).toISOString();
      const message = { lead_id: lead.lead_id, channel: 'Email', subject: 'A note', body: `Note ${day}`, planned_for };
      await stage.ask('POST', '/messages', message);
    }
    await stage.advance({ days: 40 });
    const own = (await stage.sent(lead)).filter(({ sequence }) => sequence !== null);
    expect(own.length).toBeGreaterThanOrEqual(2);
    expect(await stage.stranded()).toEqual([]);
  });

  it('who agrees later is written to then', async () => {
    await stage.toWorkday(9);
    const never = await stage.lead({ gdpr_consent: false });
    const later = await stage.lead({ gdpr_consent: false });
    for (const { lead_id } of [never, later]) await stage.ask('POST', `/leads/${lead_id}/engage`, {});
    await stage.advance({ days: 5 });
    expect([await stage.sent(never), await stage.sent(later)]).toEqual([[], []]);
    await stage.change(later, { gdpr_consent: true });
    await stage.advance({ days: 5 });
    expect((await stage.sent(later)).length + (await stage.cases(later)).length).toBeGreaterThan(0);
    expect(await stage.sent(never)).toEqual([]);
    expect(await stage.stranded()).toEqual([]);
  });

  it.each([3, 20])(
    'what was held is sent or decided anew when the suppression is lifted after %i days',
    async (days) => {
      await stage.toWorkday(7);
      const lead = await stage.lead();
      const { items } = await stage.ask('POST', '/suppressions', { address: lead.email, channel: 'Email' });
      const planned = { lead_id: lead.lead_id, channel: 'Email', subject: 'A note', body: 'A note' };
      if (days < 14) await stage.ask('POST', '/messages', planned);
      else await stage.ask('POST', `/leads/${lead.lead_id}/engage`, {});
      await stage.advance({ days });
      expect(stage.mailsTo(lead.email)).toEqual([]);
      await stage.call('DELETE', `/suppressions/${items[0].suppression_id}`);
      expect((await stage.check(lead)).rule).not.toBe('suppression');
      await stage.advance({ days: 4 });
      expect((await stage.sent(lead)).length).toBeGreaterThan(0);
    },
  );

  it('who agrees again is looked at anew', async () => {
    await stage.toWorkday(7);
    const lead = await onlyEmail();
    await stage.change(lead, { gdpr_consent: false });
    await stage.advance({ days: 2 });
    expect(await stage.sent(lead)).toEqual([]);
    await stage.change(lead, { gdpr_consent: true });
    await stage.advance({ days: 4 });
    // looked at anew, it is written to or a person is asked
    expect((await stage.sent(lead)).length + (await stage.cases(lead)).length).toBeGreaterThan(0);
  });

  it('whoever has a phone only is written to by phone only', async () => {
    await stage.toWorkday(7);
    const lead = await stage.engaged({ email: null, phone: '+4930987654', preferred_channel: 'Ads' });
    await stage.advance({ days: 30 });
    const channels = (await stage.messages(lead)).map(({ channel }) => channel);
    expect(channels.length).toBeGreaterThan(0);
    for (const channel of channels) expect(['SMS', 'Call']).toContain(channel);
  });

  it('whom no channel reaches is not planned for, and has an end or a case', async () => {
    const lead = await stage.lead({ email: null, phone: null });
    await stage.ask('POST', `/leads/${lead.lead_id}/engage`, {});
    await stage.advance({ days: 10 });
    expect(await stage.messages(lead)).toEqual([]);
    expect(await stage.stranded()).toEqual([]);
  });

  it('a refused sender is our fault: recipients stay, the channel rests, and a person is told', async () => {
    await stage.toWorkday(7);
    const leads: StageLead[] = [];
    for (let index = 0; index < 4; index++) leads.push(await onlyEmail());
    stage.mail.script.rcpt = '550 5.1.8 <hello@example.org>: Sender address rejected: Domain not found';
    await stage.advance({ days: 1 });
    for (const lead of leads) {
      const suppressed = await stage.list(`/suppressions?lead_id=${lead.lead_id}`);
      expect(suppressed).toEqual([]);
    }
    const cases = await stage.list('/escalations?reason=delivery&limit=100');
    expect(cases.length).toBeGreaterThan(0);
    stage.mail.script = {};
    await stage.advance({ days: 6 });
    for (const lead of leads) expect((await stage.sent(lead)).length).toBeGreaterThan(0);
  });

  it('an unknown mailbox is not written to again', async () => {
    await stage.toWorkday(7);
    const lead = await onlyEmail();
    stage.mail.script.rcpt = (address) => (address === lead.email ? '550 5.1.1 no such user' : undefined);
    await stage.advance({ days: 14 });
    expect(await stage.check(lead)).toMatchObject({ allowed: false, rule: 'suppression' });
    expect((await stage.messages(lead)).filter(({ channel }) => channel === 'Email')).toHaveLength(1);
    expect(await stage.stranded()).toEqual([]);
  });
});

it('without a wire nothing is said to be sent', async () => {
  const none = { HERALD_SMTP_URL: '', HERALD_WEBHOOK_URL: '', HERALD_WEBHOOK_SECRET: '' };
  const stage = await Stage.start(none);
  const lead = await stage.engaged({ phone: '+4930123456' });
  await stage.advance({ days: 5 });
  const messages = await stage.messages(lead);
  expect(messages.length).toBeGreaterThan(0);
  for (const { status, sent_at } of messages) expect([status, sent_at]).not.toContain('sent');
  await stage.stop();
});

it('SMTP without a public https address sends no marketing, and says so', async () => {
  const stage = await Stage.start({ HERALD_PUBLIC_URL: '' });
  const lead = await stage.engaged();
  await stage.advance({ days: 3 });
  expect(stage.mail.mails).toEqual([]);
  expect((await stage.sent(lead)).filter(({ channel }) => channel === 'Email')).toEqual([]);
  const ready = await (await fetch(`${stage.url}/health/ready`)).text();
  expect(ready).toMatch(/HERALD_PUBLIC_URL|https/);
  await stage.stop();
});
