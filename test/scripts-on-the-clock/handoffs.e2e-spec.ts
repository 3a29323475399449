import { Stage } from './stage.js';

describe('a handoff', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.start();
  });
  afterAll(() => stage.stop());

  it('to support is a case that a person takes, and nobody before', async () => {
    const lead = await stage.lead({ message: 'How do I reset my password? I cannot log in any more.' });
    const answer = await stage.ask('POST', `/leads/${lead.lead_id}/triage`, {});
    expect(answer).toMatchObject({ category: 'General Inquiry' });
    await stage.advance({ hours: 2 });
    expect(await stage.reasons(lead)).toEqual(['support']);
    const handoffs = await stage.list(`/handoffs?lead_id=${lead.lead_id}`);
    const support = handoffs.find(({ purpose }) => purpose === 'support');
    if (support) expect(support.acknowledged_at).toBeNull();
    const [{ escalation_id }] = (await stage.cases(lead)) as [{ escalation_id: string }];
    await stage.ask('POST', `/escalations/${escalation_id}/claim`, {});
    await stage.ask('POST', `/escalations/${escalation_id}/resolve`, { resolution: 'approve', note: 'answered' });
    await stage.advance({ days: 20 });
    expect(await stage.cases(lead)).toEqual([]);
    expect(await stage.stranded()).toEqual([]);
  });

  it('carries what was said, what was sent, what is remembered and what is next', async () => {
    const { message, ...lead } = await stage.written({ source: 'Referral', company_size: '201-1000' });
    await stage.event(message, 'clicked');
    await stage.happened(lead, 'site_visit');
    for (const outcome of ['positive', 'positive']) await stage.happened(lead, 'reply', { outcome });
    for (const { escalation_id } of await stage.cases(lead))
      await stage.ask('POST', `/escalations/${escalation_id}/resolve`, { resolution: 'approve' });
    await stage.ask('POST', `/leads/${lead.lead_id}/triage`, {});
    await stage.advance({ minutes: 5 });
    const [handoff] = await stage.list(`/handoffs?lead_id=${lead.lead_id}`);
    const { preservation_data, context_hash } = await stage.ask('GET', `/handoffs/${handoff!.handoff_id}`);
    const { short_term_memory, conversation_history } = preservation_data;
    expect(JSON.stringify(short_term_memory)).toContain('outreach');
    const history = JSON.stringify(conversation_history);
    expect(history).toContain('site_visit');
    expect(history).toContain(message.message_id);
    expect(context_hash).toMatch(/^[0-9a-f]{64}$/);
  });
});
