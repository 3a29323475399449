import { START, Stage, type StageLead, aPhone } from './stage.js';

/**
 * What becomes of leads under way when something happens: all scripts share one server and one span of time. Each lead
 * gets its first message, then its event, and six weeks later everybody looks.
 */
describe('a lead that was written to', () => {
  type Written = Awaited<ReturnType<Stage['written']>>;
  let stage: Stage;
  let happened: string;
  const leads: Record<string, Written> = {};
  let stopped: Record<'paused' | 'ended', { campaign: string; lead: Written }>;

  beforeAll(async () => {
    stage = await Stage.start();
    const campaign_id = await stage.campaign();
    const names = [
      'positive',
      'negative',
      'callback',
      'scanner',
      'machine',
      'unqualified',
      'converted',
      'sale',
      'silent',
    ];
    for (const name of [...names, 'optOut', 'complaint', 'bounce', 'softBounce', 'withdrawn', 'suppressed'])
      leads[name] = { ...(await stage.engaged({ campaign_id, phone: aPhone() })), message: {} };
    const campaigns = { paused: await stage.campaign(), ended: await stage.campaign() };
    const inPaused = await stage.engaged({ campaign_id: campaigns.paused });
    const inEnded = await stage.engaged({ campaign_id: campaigns.ended });
    await stage.advance({ days: 2 });
    const withMessage = async (lead: StageLead): Promise<Written> => {
      const [message] = await stage.sent(lead);
      if (!message) throw new Error(`nothing was sent to ${lead.lead_id}`);
      return { ...lead, message };
    };
    for (const [name, lead] of Object.entries(leads)) leads[name] = await withMessage(lead);
    stopped = {
      paused: { campaign: campaigns.paused, lead: await withMessage(inPaused) },
      ended: { campaign: campaigns.ended, lead: await withMessage(inEnded) },
    };
    happened = await stage.now();

    const { message } = leads.positive!;
    await stage.event(message, 'replied', { outcome: 'positive' });
    await stage.event(leads.negative!.message, 'replied', { outcome: 'negative' });
    await stage.event(leads.callback!.message, 'replied', { outcome: 'callback_requested' });
    await stage.event(leads.scanner!.message, 'opened', {
      at: leads.scanner!.message.sent_at,
      user_agent: 'Barracuda',
    });
    await stage.call('POST', `/messages/${leads.machine!.message.message_id}/events`, { type: 'auto_replied' });
    await stage.change(leads.unqualified!, { lead_status: 'Unqualified' });
    await stage.change(leads.converted!, { lead_status: 'Converted' });
    const { lead_id } = leads.sale!;
    await stage.ask('POST', '/conversions', { lead_id, conversion_value_usd: 900, conversion_type: 'purchase' });
    await stage.event(leads.optOut!.message, 'unsubscribed');
    await stage.event(leads.complaint!.message, 'complained');
    await stage.event(leads.bounce!.message, 'bounced', { bounce_type: 'hard' });
    await stage.event(leads.softBounce!.message, 'bounced', { bounce_type: 'soft' });
    await stage.change(leads.withdrawn!, { gdpr_consent: false });
    await stage.ask('POST', '/suppressions', { address: leads.suppressed!.email, channel: 'All' });
    await stage.changeCampaign(stopped.paused.campaign, { status: 'paused' });
    await stage.changeCampaign(stopped.ended.campaign, { status: 'ended' });
    await stage.advance({ days: 42 });
  }, 120_000);
  afterAll(() => stage.stop());

  const sentSince = async (lead: StageLead): Promise<string[]> =>
    (await stage.sent(lead)).filter(({ sent_at }) => sent_at > happened).map(({ channel }) => channel);
  const waiting = async (lead: StageLead): Promise<string[]> =>
    (await stage.messages(lead)).map(({ status }) => status).filter((status) => ['planned', 'held'].includes(status));

  it('and answers nothing goes through its sequence, then slowly on through the next', async () => {
    const steps = (await stage.sent(leads.silent!)).map(({ sequence: { name, step } }) => `${name} ${step}`);
    expect(steps).toEqual(['engage 1', 'engage 2', 'engage 3', 'nurture 1', 'nurture 2', 'nurture 3']);
  });

  it.each(['positive', 'negative', 'callback'])(
    'and answers (%s) gets nothing more, and a person has the answer',
    async (name) => {
      expect(await sentSince(leads[name]!)).toEqual([]);
      expect(await waiting(leads[name]!)).toEqual([]);
      const [reason, ...others] = await stage.reasons(leads[name]!);
      expect(['reply', 'hot_lead']).toContain(reason);
      expect(others).toEqual([]);
    },
  );

  it('and asks for a call is hot', async () => expect(await stage.reasons(leads.callback!)).toEqual(['hot_lead']));

  it('and whose mail scanner opens goes on as if nothing had been', async () => {
    expect((await sentSince(leads.scanner!)).length).toBeGreaterThanOrEqual(2);
    expect(await stage.cases(leads.scanner!)).toEqual([]);
  });

  it('and whose mailbox answers by itself goes on, and nobody is told', async () => {
    expect((await sentSince(leads.machine!)).length).toBeGreaterThanOrEqual(2);
    expect(await stage.cases(leads.machine!)).toEqual([]);
    const interactions = await stage.list(`/interactions?lead_id=${leads.machine!.lead_id}&limit=100`);
    expect(interactions.map(({ event_type }) => event_type)).toContain('auto_reply');
  });

  it.each(['unqualified', 'converted', 'sale'])('and is %s by then gets nothing more', async (name) => {
    expect(await sentSince(leads[name]!)).toEqual([]);
    expect(await waiting(leads[name]!)).toEqual([]);
  });

  it.each(['optOut', 'complaint', 'withdrawn'])('and objects (%s) gets nothing more on any channel', async (name) => {
    expect(await sentSince(leads[name]!)).toEqual([]);
    expect(await waiting(leads[name]!)).toEqual([]);
    for (const channel of ['Email', 'SMS', 'Call', 'Social', 'Ads'])
      expect((await stage.check(leads[name]!, channel)).allowed).toBe(false);
  });

  it('and complains is in the inbox', async () => expect(await stage.reasons(leads.complaint!)).toContain('complaint'));

  it('and whose address is gone is reached on another channel, and never again there', async () => {
    // the agent draws the channel of the first message
    const gone = leads.bounce!.message.channel;
    const channels = await sentSince(leads.bounce!);
    expect(channels.length).toBeGreaterThan(0);
    expect(channels).not.toContain(gone);
    const planned = (await stage.messages(leads.bounce!)).filter(({ created_at }) => created_at > happened);
    expect(planned.map(({ channel }) => channel)).not.toContain(gone);
  });

  it('and whose mailbox was full for once goes on', async () => {
    expect((await sentSince(leads.softBounce!)).length).toBeGreaterThanOrEqual(2);
  });

  it('and whose address was suppressed is not written to there', async () => {
    expect(await sentSince(leads.suppressed!)).not.toContain('Email');
  });

  it('gets nothing while its campaign is paused, and goes on afterwards', async () => {
    const { lead, campaign } = stopped.paused;
    expect(await sentSince(lead)).toEqual([]);
    await stage.changeCampaign(campaign, { status: 'active' });
    await stage.advance({ days: 10 });
    expect((await sentSince(lead)).length).toBeGreaterThanOrEqual(1);
  });

  it('gets nothing after its campaign has ended', async () => {
    expect(await sentSince(stopped.ended.lead)).toEqual([]);
    expect(await waiting(stopped.ended.lead)).toEqual([]);
  });

  it('is never stranded', async () => expect(await stage.stranded()).toEqual([]));

  it('is not written to more than once a day and three times a week', async () => {
    for (const lead of Object.values(leads)) {
      const times = (await stage.sent(lead)).map(({ sent_at }) => Date.parse(sent_at));
      for (const at of times) {
        const within = (hours: number) => times.filter((time) => time <= at && time > at - hours * 3_600_000).length;
        expect(within(24)).toBeLessThanOrEqual(1);
        expect(within(168)).toBeLessThanOrEqual(3);
      }
    }
  });
});

describe('the slow sequence', () => {
  it('writes after 7, 21 and 45 days, four times in all, and says which time it is', async () => {
    const stage = await Stage.start();
    const lead = await stage.engaged({}, 'nurture');
    await stage.advance({ days: 70 });
    const sent = await stage.sent(lead);
    const first = Date.parse(sent[0]!.sent_at);
    const days = sent.map(({ sent_at }) => Math.round((Date.parse(sent_at) - first) / 86_400_000));
    expect(days).toHaveLength(4);
    for (const [index, day] of [0, 7, 21, 45].entries()) expect(Math.abs(days[index]! - day)).toBeLessThanOrEqual(2);
    expect(sent.map(({ sequence }) => sequence.step)).toEqual([1, 2, 3, 4]);
    expect(new Set(sent.map(({ sequence }) => sequence.of))).toEqual(new Set([4]));
    expect(await stage.stranded()).toEqual([]);
    await stage.stop();
  });

  it('is left as soon as the lead asks for a call: it is looked at anew, and a person is told', async () => {
    const stage = await Stage.start();
    const lead = await stage.written({}, 'nurture');
    await stage.advance({ days: 1 });
    await stage.happened(lead, 'reply', { outcome: 'callback_requested' });
    await stage.advance({ minutes: 5 });
    const decisions = await stage.list(`/decisions?subject_id=${lead.lead_id}&limit=100`);
    const reasons = await stage.reasons(lead);
    expect(decisions.some(({ kind }) => kind === 'lead.triage') || reasons.includes('hot_lead')).toBe(true);
    expect(reasons).toContain('hot_lead');
    await stage.advance({ days: 60 });
    expect(await stage.sent(lead)).toHaveLength(1);
    await stage.stop();
  });
});

it('starts where it is told to', async () => {
  const stage = await Stage.start();
  expect(await stage.now()).toBe(START);
  await stage.stop();
});
