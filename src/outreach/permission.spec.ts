import { hashAddress } from './address.js';
import { NOTHING_SAID } from './consent/judge-consent.js';
import { type PersonFacts, judgePermission } from './permission.js';

const someone = (changes: Partial<PersonFacts> = {}): PersonFacts => ({
  lead: { email: 'ada@example.com', phone: null, gdpr_consent: true, lead_status: 'Open', flow_state: 'nurturing' },
  standing: NOTHING_SAID,
  suppressions: [],
  openCase: null,
  campaignStatus: 'active',
  ...changes,
});
const lead = (changes: Partial<PersonFacts['lead']>): Partial<PersonFacts> => ({
  lead: { ...someone().lead, ...changes },
});
const suppressed = (reason: string): Partial<PersonFacts> => ({
  suppressions: [{ address_hash: hashAddress('Ada@Example.com'), channel: 'Email', reason }],
});

describe('judgePermission', () => {
  it('allows what nothing speaks against', () => {
    expect(judgePermission(someone(), 'Email', 'offers')).toEqual({ allowed: true });
  });

  it.each<[string, Partial<PersonFacts>, string, string]>([
    ['a lead without such an address', lead({ email: null }), 'no_recipient', 'event'],
    ['a lead about which a case is open', { openCase: 'legal' }, 'open_case', 'event'],
    ['a lead that a person set to unqualified', lead({ lead_status: 'Unqualified' }), 'lead_state', 'event'],
    ['a closed lead', lead({ flow_state: 'closed' }), 'lead_state', 'event'],
    ['a customer', lead({ flow_state: 'converted', lead_status: 'Converted' }), 'lead_state', 'never'],
    ['a paused campaign', { campaignStatus: 'paused' }, 'campaign', 'event'],
    ['a campaign that is over', { campaignStatus: 'ended' }, 'campaign', 'event'],
    ['a suppressed address', suppressed('bounce'), 'suppression', 'event'],
    ['a lead without consent', lead({ gdpr_consent: false }), 'consent', 'event'],
  ])('holds back from %s', (_, facts, rule, heals) => {
    expect(judgePermission(someone(facts), 'Email', 'offers')).toMatchObject({ allowed: false, rule, heals });
  });

  it('lets a later yes outrank an unsubscribe, and no other suppression', () => {
    const standing = { ...NOTHING_SAID, everything: true };
    expect(judgePermission(someone({ ...suppressed('unsubscribe'), standing }), 'Email', 'offers').allowed).toBe(true);
    expect(judgePermission(someone({ ...suppressed('legal'), standing }), 'Email', 'offers').allowed).toBe(false);
  });
});
