import { START, Stage } from './stage.js';

const CHANNELS = ['Email', 'SMS', 'Call', 'Social', 'Ads'];

describe('consent', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.start();
  });
  afterAll(() => stage.stop());

  const both = { phone: '+4930123456' };
  const after = async (days: number): Promise<string> => {
    const from = await stage.now();
    await stage.advance({ days });
    return from;
  };

  it('an objection on one channel closes all of them', async () => {
    await stage.toWorkday(9);
    const lead = await stage.written({ ...both, phone: '+4930555001' });
    await stage.event(lead.message, 'unsubscribed');
    for (const channel of CHANNELS) expect((await stage.check(lead, channel)).allowed).toBe(false);
    expect(await stage.ask('POST', `/leads/${lead.lead_id}/engage`, {})).toMatchObject({ outcome: 'no_outreach' });
    const from = await after(14);
    expect((await stage.sent(lead)).filter(({ sent_at }) => sent_at > from)).toEqual([]);
  });

  it.each(['STOP', 'Stop.', 'Abmelden', 'please unsubscribe me', 'désinscription', 'BAJA'])(
    'a reply that says "%s" is an objection',
    async (text) => {
      await stage.toWorkday(9);
      const lead = await stage.written();
      await stage.event(lead.message, 'replied', { text });
      expect((await stage.check(lead)).allowed).toBe(false);
      expect((await stage.check(lead, 'Ads')).allowed).toBe(false);
    },
  );

  it('a word from the future is refused, a clock that is a few minutes ahead is not', async () => {
    const lead = await stage.lead({ gdpr_consent: false });
    const at = async (minutes: number): Promise<string> =>
      new Date(Date.parse(await stage.now()) + minutes * 60_000).toISOString();
    const tell = (event_type: string, timestamp: string) =>
      stage.call('POST', '/interactions', { lead_id: lead.lead_id, channel: 'Email', event_type, timestamp });
    for (const event of ['opt_in', 'reply', 'site_visit']) {
      const { status, body } = await tell(event, '2031-01-01T00:00:00.000Z');
      expect([status, body.errors?.[0]?.path]).toEqual([400, 'timestamp']);
      expect((await tell(event, await at(60))).status).toBe(400);
    }
    expect((await tell('opt_in', await at(2))).status).toBeLessThan(300);
    const { message } = await stage.written();
    const future = { type: 'opened', at: await at(3 * 24 * 60) };
    expect((await stage.call('POST', `/messages/${message.message_id}/events`, future)).status).toBe(400);
  });

  it('an objection by the link in a mail stays with the person when the address changes', async () => {
    await stage.toWorkday(9);
    const lead = await stage.mailReached();
    const [mail] = stage.mailsTo(lead.email);
    const token = /unsubscribe\/([\w-]+)/.exec(mail!.source.replace(/=\r?\n/g, ''))![1]!;
    const looked = await fetch(`${stage.url}/unsubscribe/${token}`);
    expect([looked.status, (await stage.check(lead, 'Ads')).rule]).not.toContain('objection');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = 'List-Unsubscribe=One-Click';
    await fetch(`${stage.url}/unsubscribe/${token}`, { method: 'POST', headers, body });
    await stage.change(lead, { email: `new.${lead.email}` });
    for (const channel of ['Email', 'Social', 'Ads']) expect((await stage.check(lead, channel)).allowed).toBe(false);
    const again = await stage.lead({ email: lead.email });
    expect((await stage.check(again)).allowed).toBe(false);
    await stage.call('DELETE', `/leads/${lead.lead_id}`);
    await stage.advance({ minutes: 5 });
    const third = await stage.lead({ email: ` ${lead.email.toUpperCase()}`.trim() });
    expect((await stage.check(third)).allowed).toBe(false);
  });

  it.each([
    (address: string) => `Ada Okoye <${address}>`,
    (address: string) => `<${address}>`,
    (address: string) => `mailto:${address}`,
    (address: string) => `${address},`,
    (address: string) => ` ${address.toUpperCase()} `,
    (address: string) => `${address}\u200b`,
    (address: string) => `\u2066${address}\u2069`,
  ])('a suppression of an address written as %s holds, or is refused', async (spelling) => {
    const lead = await stage.lead();
    const wish = { address: spelling(lead.email), channel: 'Email' };
    const { status, body } = await stage.call('POST', '/suppressions', wish);
    expect([201, 400]).toContain(status);
    if (status === 400) expect(body.errors[0].path).toBe('address');
    else expect(await stage.check(lead)).toMatchObject({ allowed: false });
  });

  it.each(['a@@x.example', 'nobody', '@x.example', 'a b@x.example', 'a@x..example'])(
    'what is no address is refused: %s',
    async (address) => {
      const wish = { address, channel: 'Email' };
      expect((await stage.call('POST', '/suppressions', wish)).status).toBe(400);
    },
  );

  it('a soft bounce and a hard one under one event id: the second counts, or is not said to', async () => {
    await stage.toWorkday(9);
    const { message, ...lead } = await stage.mailReached();
    await stage.event(message, 'bounced', { bounce_type: 'soft', event_id: 'b-1' });
    const { suppressed } = await stage.event(message, 'bounced', { bounce_type: 'hard', event_id: 'b-1' });
    const { allowed } = await stage.check(lead);
    expect([suppressed, allowed]).toEqual([true, false]);
  });

  it('the gate and the agent agree after a later word for it', async () => {
    await stage.toWorkday(9);
    const lead = await stage.written(both);
    await stage.event(lead.message, 'unsubscribed');
    await stage.advance({ days: 3 });
    await stage.happened(lead, 'opt_in');
    const { outcome } = await stage.ask('POST', `/leads/${lead.lead_id}/engage`, {});
    const { allowed, rule } = await stage.check(lead);
    if (outcome === 'message') {
      expect(allowed || ['quiet_hours', 'frequency_cap', 'frequency'].includes(rule)).toBe(true);
      const from = await after(8);
      expect((await stage.sent(lead)).filter(({ sent_at }) => sent_at > from).length).toBeGreaterThan(0);
    } else expect(allowed).toBe(false);
  });

  it('a complaint that is told late stands against a word that was older', async () => {
    await stage.toWorkday(9);
    const lead = await stage.written();
    const before = await stage.now();
    await stage.advance({ days: 1 });
    await stage.event(lead.message, 'unsubscribed', { at: await stage.now() });
    await stage.happened(lead, 'opt_in', { timestamp: before });
    expect((await stage.check(lead)).allowed).toBe(false);
  });

  it('nobody is woken: where several zones are possible, quiet in any is quiet', async () => {
    const at = (instant: string) => stage.advanceTo(instant);
    const american = await stage.lead({ region: 'US' });
    const losAngeles = await stage.lead({ region: 'US', phone: '+1-213-555-0142' });
    const tokyo = await stage.lead({ region: null, phone: '+81 3 1234 5678' });
    const day = new Date(Date.parse(await stage.now()) + 2 * 86_400_000).toISOString().slice(0, 10);
    // 06:30 in Los Angeles, 09:30 in New York, 22:30 in Tokyo
    await at(`${day}T13:30:00.000Z`);
    for (const lead of [american, losAngeles, tokyo])
      expect(await stage.check(lead, 'Email')).toMatchObject({ allowed: false, rule: 'quiet_hours' });
    // 00:30 in Tokyo
    await at(`${day}T15:30:00.000Z`);
    expect(await stage.check(tokyo, 'SMS')).toMatchObject({ allowed: false, rule: 'quiet_hours' });
    // 10:00 in Los Angeles, 13:00 in New York
    await at(`${day}T18:00:00.000Z`);
    expect(await stage.check(losAngeles)).toMatchObject({ allowed: true });
  });

  it('a region is known in any spelling, or refused', async () => {
    for (const [region, expected] of [
      ['us', 'US'],
      ['eu', 'EU'],
      ['INDIA', 'India'],
    ]) {
      const { status, body } = await stage.call('POST', '/leads', { source: 'Website', region });
      expect([201, 400]).toContain(status);
      if (status === 201) expect(body.region).toBe(expected);
    }
    expect((await stage.call('POST', '/leads', { source: 'Website', region: 'Mars' })).status).toBe(400);
  });

  it('a legal case holds everything, whatever becomes of another case of the lead', async () => {
    await stage.toWorkday(9);
    const lead = await stage.engaged();
    // two cases of one lead: a lawyer's letter, and a question
    await stage.change(lead, { message: 'My lawyer will write to you about data protection.' });
    await stage.ask('POST', `/leads/${lead.lead_id}/triage`, {});
    await stage.happened(lead, 'reply', { outcome: 'positive' });
    const cases = await stage.cases(lead);
    expect(cases.map(({ reason }) => reason)).toContain('legal');
    for (const { reason, escalation_id } of cases)
      if (reason !== 'legal')
        await stage.ask('POST', `/escalations/${escalation_id}/resolve`, { resolution: 'approve', note: 'answered' });
    expect((await stage.check(lead)).allowed).toBe(false);
    await stage.advance({ days: 5 });
    expect(await stage.sent(lead)).toEqual([]);
  });

  it('an agent lifts no legal suppression and deletes no lead', async () => {
    const { key } = await stage.ask('POST', '/api-keys', { name: 'an agent', role: 'agent' });
    const as = { token: null, headers: { 'x-api-key': key as string } };
    const lead = await stage.lead();
    const wish = { lead_id: lead.lead_id, channel: 'All', reason: 'legal' };
    const { items } = await stage.ask('POST', '/suppressions', wish);
    for (const { suppression_id } of items)
      expect((await stage.call('DELETE', `/suppressions/${suppression_id}`, undefined, as)).status).toBe(403);
    expect((await stage.call('DELETE', `/leads/${lead.lead_id}`, undefined, as)).status).toBe(403);
    expect((await stage.check(lead)).allowed).toBe(false);
  });

  it('each mail has a link to stop, of this server, over https', async () => {
    for (const { source } of stage.mail.mails) {
      const header = source.replace(/\r\n[ \t]/g, ' ');
      expect(header).toMatch(/^List-Unsubscribe: .*<https:\/\/herald\.example\.org\/unsubscribe\//m);
      expect(header).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m);
    }
    expect(stage.mail.mails.length).toBeGreaterThan(0);
    expect(await stage.now()).not.toBe(START);
  });

  it('a person chooses on the page of the link what stays open', async () => {
    await stage.toWorkday(9);
    const lead = await stage.mailReached();
    const mails = stage.mailsTo(lead.email);
    const { path } = /(?<path>unsubscribe\/[\w-]+)/.exec(mails[0]!.source.replace(/=\r?\n/g, ''))!.groups!;
    const page = await fetch(`${stage.url}/${path}`);
    expect([page.status, /<form/.test(await page.text())]).toEqual([200, true]);
    // looking is no word
    expect((await stage.check(lead)).rule).not.toMatch(/consent|suppression/);
    const body = new URLSearchParams([
      ['action', 'choose'],
      ['channels', 'Social'],
      ['topics', 'ideas'],
    ]);
    expect((await fetch(`${stage.url}/${path}`, { method: 'POST', body })).status).toBe(200);
    expect(await stage.check(lead, 'Email')).toMatchObject({ allowed: false, rule: 'consent' });
    expect(await stage.check(lead, 'Ads')).toMatchObject({ allowed: false, rule: 'consent' });
  });
});
