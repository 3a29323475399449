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
