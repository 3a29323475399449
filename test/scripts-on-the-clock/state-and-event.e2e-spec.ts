import { Stage, type StageLead, aPhone } from './stage.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Row = Record<string, any>;
type Actor = StageLead & { campaign_id: string; message: Row | undefined };

/** How a lead gets to where it stands. */
const STATES: Readonly<Record<string, (stage: Stage, campaign_id: string) => Promise<StageLead>>> = {
  new: (stage, campaign_id) => stage.lead({ campaign_id, phone: aPhone() }),
  outreach: (stage, campaign_id) => stage.engaged({ campaign_id, phone: aPhone() }),
  nurturing: (stage, campaign_id) => stage.engaged({ campaign_id, phone: aPhone() }, 'nurture'),
  in_support: async (stage, campaign_id) => {
    const lead = await stage.lead({ campaign_id, phone: aPhone(), message: 'How do I reset my password?' });
    await stage.ask('POST', `/leads/${lead.lead_id}/triage`, {});
    return lead;
  },
  no_consent: async (stage, campaign_id) => {
    const lead = await stage.lead({ campaign_id, phone: aPhone(), gdpr_consent: false });
    await stage.ask('POST', `/leads/${lead.lead_id}/engage`, {});
    return lead;
  },
  converted: async (stage, campaign_id) => {
    const lead = await stage.engaged({ campaign_id, phone: aPhone() });
    const sale = { lead_id: lead.lead_id, conversion_value_usd: 10, conversion_type: 'purchase' };
    await stage.ask('POST', '/conversions', sale);
    return lead;
  },
  closed: async (stage, campaign_id) => {
    const lead = await stage.engaged({ campaign_id, phone: aPhone() });
    await stage.change(lead, { lead_status: 'Unqualified' });
    return lead;
  },
};

interface Event {
  happen(stage: Stage, actor: Actor): Promise<unknown>;
  /** A person has to have the case afterwards. */
  readonly case?: readonly string[];
  /** Nothing may go out afterwards, on any channel. */
  readonly isEnd?: boolean;
}

const told = (type: string, more: object = {}): Event['happen'] => {
  return (stage, { message, lead_id }) =>
    message
      ? stage.event(message, type, { ...more })
      : stage.happened({ lead_id }, type === 'replied' ? 'reply' : 'site_visit', { ...more });
};

/** What can happen to a lead. */
const EVENTS: Readonly<Record<string, Event>> = {
  'a good answer': { happen: told('replied', { outcome: 'positive' }), isEnd: true },
  'a bad answer': { happen: told('replied', { outcome: 'negative' }), isEnd: true },
  'a wish for a call': { happen: told('replied', { outcome: 'callback_requested' }), case: ['hot_lead'], isEnd: true },
  'an objection': {
    happen: (stage, { message, lead_id }) =>
      message ? stage.event(message, 'unsubscribed') : stage.happened({ lead_id }, 'reply', { outcome: 'unsubscribe' }),
    isEnd: true,
  },
  'consent withdrawn': { happen: (stage, lead) => stage.change(lead, { gdpr_consent: false }), isEnd: true },
  'consent given': { happen: (stage, lead) => stage.change(lead, { gdpr_consent: true }) },
  'a suppression': {
    happen: (stage, { lead_id }) => stage.ask('POST', '/suppressions', { lead_id, channel: 'All' }),
    isEnd: true,
  },
  'a sale': {
    happen: (stage, { lead_id }) =>
      stage.ask('POST', '/conversions', { lead_id, conversion_value_usd: 10, conversion_type: 'purchase' }),
    isEnd: true,
  },
  'an edit to Unqualified': {
    happen: (stage, lead) => stage.change(lead, { lead_status: 'Unqualified' }),
    isEnd: true,
  },
  'an edit to Converted': { happen: (stage, lead) => stage.change(lead, { lead_status: 'Converted' }), isEnd: true },
  'a new address': { happen: (stage, lead) => stage.change(lead, { email: `new.${lead.email}` }) },
  'a paused campaign': {
    happen: (stage, { campaign_id }) => stage.changeCampaign(campaign_id, { status: 'paused' }),
    isEnd: true,
  },
  'an ended campaign': {
    happen: (stage, { campaign_id }) => stage.changeCampaign(campaign_id, { status: 'ended' }),
    isEnd: true,
  },
  'a visit': { happen: (stage, lead) => stage.happened(lead, 'site_visit') },
};

/** Every event in every state, all of them in one span of time: what has to hold afterwards, wherever the lead stood. */
describe('state × event', () => {
  const pairs = Object.keys(STATES).flatMap((state) => Object.keys(EVENTS).map((event) => ({ state, event })));
  const actors = new Map<string, Actor>();
  let stage: Stage;
  let from: string;
  let stranded: Row[];
  const key = ({ state, event }: { state: string; event: string }): string => `${state} ${event}`;

  beforeAll(async () => {
    stage = await Stage.start();
    const shared = await stage.campaign();
    for (const pair of pairs) {
      // the optimizer looks at each campaign every hour: only what happens to one needs its own
      const campaign_id = pair.event.endsWith('campaign') ? await stage.campaign() : shared;
      const lead = await STATES[pair.state]!(stage, campaign_id);
      actors.set(key(pair), { ...lead, campaign_id, message: undefined });
    }
    await stage.advance({ days: 2 });
    for (const actor of actors.values()) actor.message = (await stage.sent(actor))[0];
    for (const pair of pairs) await EVENTS[pair.event]!.happen(stage, actors.get(key(pair))!);
    from = await stage.now();
    await stage.advance({ days: 12 });
    stranded = await stage.stranded();
  }, 180_000);
  afterAll(() => stage.stop());

  it.each(pairs)('$state: $event', async (pair) => {
    const actor = actors.get(key(pair))!;
    const event = EVENTS[pair.event]!;
    const later = (await stage.sent(actor)).filter(({ sent_at }) => sent_at > from);
    if (event.isEnd) expect(later.map(({ channel, sent_at }) => [channel, sent_at])).toEqual([]);
    if (event.case) expect(await stage.reasons(actor)).toEqual(expect.arrayContaining([...event.case]));
    expect(stranded.filter(({ lead_id }) => lead_id === actor.lead_id)).toEqual([]);
    const { flow_state } = await stage.get(actor);
    if (pair.event === 'a sale') expect(flow_state).toBe('converted');
    if (pair.event === 'an edit to Unqualified') expect(['closed', 'converted']).toContain(flow_state);
  });
});
