import { titleOf } from './title-of.js';

const lead = (email: string | null) => ({ lead_id: 'L1', email });
const demo = { reason: 'hot_lead', summary: 'a demo next week', lead_id: 'L1' } as const;

describe('titleOf', () => {
  it.each([
    ['ada.okoye@northwind.com', 'Ada Okoye, Northwind: wants to buy; a demo next week'],
    ['ada@mail.northwind.co.uk', 'Ada, Northwind: wants to buy; a demo next week'],
    ['ada_okoye+news@gmail.com', 'Ada Okoye: wants to buy; a demo next week'],
    ['info@northwind.com', 'info@northwind.com: wants to buy; a demo next week'],
    ['x1234@northwind.com', 'x1234@northwind.com: wants to buy; a demo next week'],
    ['élodie.petit@web.de', 'Élodie Petit: wants to buy; a demo next week'],
    [null, 'L1: wants to buy; a demo next week'],
  ])('names the lead of %s and what it wants', (email, title) => {
    expect(titleOf(demo, lead(email))).toBe(title);
  });

  it('names a campaign, a lead that is gone, and nobody where there is none', () => {
    const poor = { reason: 'low_performance', summary: 'ROAS 0.4', lead_id: null } as const;
    expect(titleOf(poor, 'Spring')).toBe('Spring: performs badly; ROAS 0.4');
    expect(titleOf(demo, null)).toBe('L1: wants to buy; a demo next week');
    expect(titleOf(poor, null)).toBe('performs badly; ROAS 0.4');
  });

  it('takes a summary that says what the lead does as it stands', () => {
    const wants = { ...demo, summary: 'wants a demo next week' };
    expect(titleOf(wants, lead('ada.okoye@northwind.com'))).toBe('Ada Okoye, Northwind: wants a demo next week');
  });

  it('keeps to one line', () => {
    const title = titleOf({ ...demo, summary: `a\n${'b '.repeat(400)}` }, lead(null));
    expect(title.length).toBeLessThan(200);
    expect(title).not.toContain('\n');
  });
});
