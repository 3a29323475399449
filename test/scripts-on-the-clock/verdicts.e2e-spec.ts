import { Stage, type StageLead } from './stage.js';

const SIZES = ['1-10', '11-50', '51-200', '201-1000', '1001-5000', '5000+'];
const SOURCES = ['Website', 'Referral', 'Outbound', 'Partner', 'Event', 'Organic'];
const PERSONAS = ['CMO', 'Founder', 'Student', 'Marketing Manager', 'CTO'];

describe('triage', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.start();
  });
  afterAll(() => stage.stop());

  const triage = ({ lead_id }: Pick<StageLead, 'lead_id'>) => stage.ask('POST', `/leads/${lead_id}/triage`, {});
  const plain = (index: number) =>
    stage.lead({
      source: SOURCES[index % SOURCES.length],
      company_size: SIZES[index % SIZES.length],
      persona: PERSONAS[index % PERSONAS.length],
    });

  it('judges the same lead the same way minutes and a day later', async () => {
    await stage.toWorkday(9);
    const leads: StageLead[] = [];
    for (let index = 0; index < 40; index++) {
      const lead = await plain(index);
      for (let each = 0; each < index % 4; each++)
        await stage.happened(lead, ['reply', 'site_visit', 'email_open'][each]!, {
          outcome: each === 0 && index % 3 === 0 ? 'positive' : 'none',
        });
      leads.push(lead);
    }
    const first = await Promise.all(leads.map(triage));
    for (const span of [{ minutes: 10 }, { days: 1 }]) {
      await stage.advance(span);
      const again = await Promise.all(leads.map(triage));
      const flipped = again.filter(({ category, route }, index) => {
        const before = first[index]!;
        return category !== before.category || route !== before.route;
      });
      expect(flipped).toEqual([]);
    }
  });

  it('takes a question for support to support', async () => {
    for (const message of [
      'How do I reset my password?',
      'Your app crashes when I open the settings page',
      'I was charged twice, please help with my invoice',
    ]) {
      const lead = await stage.lead({ message });
      expect(await triage(lead)).toMatchObject({ category: 'General Inquiry', route: 'support' });
      await stage.advance({ minutes: 1 });
      expect(await stage.reasons(lead)).toEqual(['support']);
      expect(await stage.messages(lead)).toEqual([]);
    }
  });

  it.each([
    'We would like a demo next week, budget 40k EUR',
    'Please call me today, we want to buy 200 licences',
    'What is the price for 50 seats? We have to decide this week.',
  ])('has a person know within the minute of: %s', async (message) => {
    await stage.toWorkday(9);
    const lead = await stage.lead({ message, company_size: '201-1000', source: 'Website' });
    await triage(lead);
    await stage.advance({ minutes: 1 });
    const [hot, ...others] = await stage.cases(lead);
    expect(hot).toMatchObject({ reason: 'hot_lead', priority: 'urgent' });
    expect(Date.parse(hot!.due_at) - Date.parse(hot!.created_at)).toBeLessThanOrEqual(15 * 60_000);
    expect(others).toEqual([]);
    await stage.advance({ days: 3 });
    for (const { body } of await stage.messages(lead)) expect(body).not.toMatch(/short idea for your team|Learn More/);
  });

  it('says nothing that its facts do not hold', async () => {
    await stage.toWorkday(9);
    const leads: StageLead[] = [];
    for (let index = 0; index < 24; index++) {
      const lead = await plain(index);
      await stage.ask('POST', `/leads/${lead.lead_id}/engage`, { mode: index % 2 ? 'nurture' : 'engage' });
      leads.push(lead);
    }
    await stage.advance({ days: 12 });
    for (const lead of leads)
      for (const { subject, body } of await stage.messages(lead))
        expect(`${subject} ${body}`).not.toMatch(/you had asked|nearly gone|last places|only \d+ (places|left)/i);
  });

  it('asks a person about no more leads a day than were said to be a day’s attention', async () => {
    await stage.toWorkday(9);
    const leads: StageLead[] = [];
    for (let index = 0; index < 80; index++) leads.push(await plain(index));
    const answers: Record<string, unknown>[] = [];
    for (const lead of leads) answers.push(await triage(lead));
    await stage.advance({ minutes: 5 });
    let cases = 0;
    for (const lead of leads)
      cases += (await stage.reasons(lead)).filter((reason) => reason === 'low_confidence').length;
    expect(cases).toBeLessThanOrEqual(50);
    for (const answer of answers) expect(answer.route).not.toBeNull();
    await stage.advance({ days: 2 });
    expect(await stage.stranded()).toEqual([]);
  });

  it('advises no advertisement to whom it may not advertise', async () => {
    for (let index = 0; index < 12; index++) {
      const lead = await stage.lead({
        gdpr_consent: false,
        source: SOURCES[index % SOURCES.length],
        persona: PERSONAS[index % PERSONAS.length],
      });
      if (index % 2) await stage.happened(lead, 'email_open', { outcome: 'negative' });
      const { recommended_actions = [] } = await triage(lead);
      expect(recommended_actions.map(({ action }: { action: string }) => action)).not.toContain('retarget_ads');
    }
  });
});
