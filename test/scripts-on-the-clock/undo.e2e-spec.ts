import { Stage, type StageLead } from './stage.js';

describe('undo', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.start();
  });
  afterAll(() => stage.stop());

  const undo = (decisionId: string) => stage.call('POST', `/decisions/${decisionId}/undo`, { reason: 'a script' });
  const decision = (decisionId: string) => stage.ask('GET', `/decisions/${decisionId}`);
  const qualified = async (): Promise<StageLead> => {
    const lead = await stage.lead({ source: 'Referral', company_size: '201-1000' });
    for (let index = 0; index < 2; index++) await stage.happened(lead, 'reply', { outcome: 'positive' });
    return lead;
  };

  it('of a triage takes back what followed from it, as long as nothing left the house', async () => {
    await stage.toWorkday(20);
    const lead = await qualified();
    const before = await stage.get(lead);
    const { decision_id } = await stage.ask('POST', `/leads/${lead.lead_id}/triage`, {});
    await stage.advance({ minutes: 5 });
    expect((await decision(decision_id)).is_reversible).toBe(true);
    const { status, body } = await undo(decision_id);
    expect([status, body.status]).toEqual([200, 'undone']);
    const after = await stage.get(lead);
    for (const field of ['triage_category', 'lead_score', 'lead_status', 'flow_state'])
      expect(after[field]).toEqual(before[field]);
    await stage.advance({ days: 14 });
    expect(await stage.sent(lead)).toEqual([]);
    expect(await stage.cases(lead)).toEqual([]);
  });

  it('of an engagement whose message is held takes the message back', async () => {
    await stage.toWorkday(20);
    const lead = await stage.lead({ preferred_channel: 'Email' });
    const { decision_id } = await stage.ask('POST', `/leads/${lead.lead_id}/engage`, {});
    await stage.ask('POST', '/suppressions', { address: lead.email, channel: 'All' });
    await stage.advance({ days: 1 });
    if ((await decision(decision_id)).is_reversible) expect((await undo(decision_id)).status).toBe(200);
    await stage.advance({ days: 10 });
    expect(await stage.sent(lead)).toEqual([]);
    expect((await stage.messages(lead)).map(({ status }) => status)).not.toContain('held');
  });

  it('is offered only while it can be done', async () => {
    await stage.toWorkday(8);
    const leads: StageLead[] = [];
    for (let index = 0; index < 10; index++) leads.push(await qualified());
    for (const { lead_id } of leads) await stage.ask('POST', `/leads/${lead_id}/triage`, {});
    await stage.advance({ days: 1 });
    let refused = 0;
    for (const { lead_id } of leads)
      for (const { decision_id } of await stage.list(`/decisions?subject_id=${lead_id}&limit=100`)) {
        const { is_reversible } = await decision(decision_id);
        const { status } = await undo(decision_id);
        if (is_reversible && status !== 200) refused++;
        if (!is_reversible) expect(status).toBe(409);
      }
    expect(refused).toBe(0);
  });

  it('leaves a lead that has been written to with its decision, which says so', async () => {
    const lead = await stage.written();
    const { decision_id } = lead.message;
    expect((await decision(decision_id)).is_reversible).toBe(false);
    expect((await undo(decision_id)).status).toBe(409);
  });
});

describe('what machines do', () => {
  it('moves neither the score nor the category', async () => {
    const stage = await Stage.start();
    const lead = await stage.lead({ source: 'Outbound', company_size: '11-50', persona: 'Founder' });
    const first = await stage.ask('POST', `/leads/${lead.lead_id}/triage`, {});
    await stage.ask('POST', `/leads/${lead.lead_id}/engage`, {});
    await stage.advance({ days: 2 });
    const [message] = await stage.sent(lead);
    for (let index = 0; index < 6; index++)
      await stage.event(message!, index % 2 ? 'clicked' : 'opened', { at: message!.sent_at, user_agent: 'Mimecast' });
    const second = await stage.ask('POST', `/leads/${lead.lead_id}/triage`, {});
    expect(Math.abs(second.score - first.score)).toBeLessThan(2);
    expect(second.category).toBe(first.category);
    await stage.stop();
  });
});

describe('money and words that a program asks for', () => {
  it('wait for a person where they are more than the limits allow', async () => {
    const stage = await Stage.start();
    const campaignId = await stage.campaign();
    const { key } = await stage.ask('POST', '/api-keys', { name: 'an agent', role: 'agent' });
    const as = { token: null, headers: { 'x-api-key': key as string } };
    const raise = await stage.call('PATCH', `/campaigns/${campaignId}`, { daily_budget_usd: 1_000_000 }, as);
    const { daily_budget_usd } = await stage.ask('GET', `/campaigns/${campaignId}`);
    expect([daily_budget_usd, raise.status >= 400 || raise.status === 202]).toEqual([100, true]);
    const lead = await stage.lead();
    const body = 'Your account is locked, sign in at https://phish.example/now';
    const wish = { lead_id: lead.lead_id, channel: 'Email', subject: 'Urgent', body };
    await stage.call('POST', '/messages', wish, as);
    await stage.advance({ days: 3 });
    expect(stage.mailsTo(lead.email)).toEqual([]);
    await stage.stop();
  });
});
