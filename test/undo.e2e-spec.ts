import { FixedClock } from '../src/config/index.js';
import { Database, UnitOfWork } from '../src/database/index.js';
import { Handoff } from '../src/orchestrator/handoffs/handoff.entity.js';
import { JobClock } from '../src/queue/index.js';
import { Message } from '../src/outreach/message.entity.js';
import { type StartedApp, startApp } from './app.js';
import { settled, storeCampaign, storeInteraction, storeLead } from './factories.js';

const MONDAY = '2026-03-02T10:00:00.000Z';
const HOUR_MS = 3_600_000;

interface DecisionItem {
  decision_id: string;
  kind: string;
  status: string;
  is_reversible: boolean;
  undo_reason: string | null;
}

let herald: StartedApp;
let clock: FixedClock;
beforeAll(async () => {
  clock = new FixedClock(MONDAY);
  herald = await startApp({ clock });
  herald.app.get(JobClock).beforeApplicationShutdown();
  await storeCampaign(herald, { campaign_id: 'CMP-1' });
});
afterEach(() => clock.set(MONDAY));
afterAll(() => herald.stop());

const call = (method: string, path: string, body?: unknown) => herald.call(method, `/api/v1${path}`, body);
const leadOf = async (id: string) => (await call('GET', `/leads/${id}`)).body;
const undo = (id: string) => call('POST', `/decisions/${id}/undo`, { reason: 'a test' });
const decisionsOf = async (lead_id: string, kind?: string): Promise<DecisionItem[]> =>
  (await call('GET', `/decisions?subject_id=${lead_id}${kind ? `&kind=${kind}` : ''}`)).body.items;
const messagesOf = (lead_id: string) => herald.app.get(Database).of(Message).find({ lead_id });
const placeOf = ({ triage_category, lead_score, lead_status, flow_state }: Record<string, unknown>) => ({
  triage_category,
  lead_score,
  lead_status,
  flow_state,
});

async function qualified(over: Record<string, unknown> = {}): Promise<string> {
  const fields = { campaign_id: 'CMP-1', source: 'Referral', company_size: '201-1000', ...over };
  const { lead_id } = await storeLead(herald, fields);
  for (let index = 0; index < 2; index++) await storeInteraction(herald, lead_id, { outcome: 'positive' });
  return lead_id;
}

/** Triaged, and the work that follows done. @returns the decision's id */
async function triaged(lead_id: string, body: object = {}): Promise<string> {
  const { body: answer } = await call('POST', `/leads/${lead_id}/triage`, body);
  await settled(herald);
  return answer.decision_id;
}

describe('undoing a triage', () => {
  it('takes back the engagement that followed, with its message, and restores the lead', async () => {
    const lead_id = await qualified();
    const before = await leadOf(lead_id);
    const decision_id = await triaged(lead_id);
    const [engagement] = await decisionsOf(lead_id, 'lead.engage');
    expect(engagement).toMatchObject({ status: 'applied', is_reversible: true });
    expect((await messagesOf(lead_id)).map(({ status }) => status)).toEqual(['planned']);

    expect((await call('GET', `/decisions/${decision_id}`)).body.is_reversible).toBe(true);
    const { status, body } = await undo(decision_id);
    expect([status, body.status, body.is_reversible]).toEqual([200, 'undone', false]);
    expect(placeOf(await leadOf(lead_id))).toEqual(placeOf(before));
    expect((await messagesOf(lead_id)).map(({ status: now }) => now)).toEqual(['cancelled']);
    expect((await decisionsOf(lead_id)).map((each) => [each.status, each.is_reversible])).toEqual([
      ['undone', false],
      ['undone', false],
    ]);
    const memory = (await call('GET', `/memory?lead_id=${lead_id}`)).body;
    expect(JSON.stringify(memory)).not.toContain(decision_id);
  });

  it('leaves another field that a person has set since', async () => {
    const lead_id = await qualified();
    const decision_id = await triaged(lead_id);
    await call('PATCH', `/leads/${lead_id}`, { persona: 'Founder' });
    expect((await undo(decision_id)).status).toBe(200);
    expect(await leadOf(lead_id)).toMatchObject({ persona: 'Founder', triage_category: null });
  });

  it('closes the cases that it raised', async () => {
    const lead_id = await qualified({ company_size: '5000+' });
    const decision_id = await triaged(lead_id);
    const casesOf = async () => (await call('GET', `/escalations?lead_id=${lead_id}`)).body.items;
    expect((await casesOf()).map(({ status }: { status: string }) => status)).toEqual(['open']);
    expect((await undo(decision_id)).status).toBe(200);
    expect(await casesOf()).toEqual([
      expect.objectContaining({
        status: 'resolved',
        resolution: null,
        resolution_note: expect.stringContaining('undone'),
      }),
    ]);
  });

  it('is refused, and not offered, once a person has settled a case that it raised', async () => {
    const lead_id = await qualified({ company_size: '5000+' });
    const decision_id = await triaged(lead_id);
    const [{ escalation_id }] = (await call('GET', `/escalations?lead_id=${lead_id}`)).body.items;
    await call('POST', `/escalations/${escalation_id}/resolve`, { resolution: 'approve' });
    expect((await call('GET', `/decisions/${decision_id}`)).body.is_reversible).toBe(false);
    const refused = await undo(decision_id);
    expect(refused.body).toMatchObject({ status: 409, code: 'state_moved' });
    expect(refused.body.detail).toContain(escalation_id);
  });

  it('is refused, and not offered, once a message of it has left the house', async () => {
    const lead_id = await qualified();
    const decision_id = await triaged(lead_id);
    const [message] = await messagesOf(lead_id);
    await setMessage(message!.message_id, { status: 'sent', sent_at: MONDAY });
    for (const { is_reversible } of await decisionsOf(lead_id)) expect(is_reversible).toBe(false);
    expect((await undo(decision_id)).body).toMatchObject({
      code: 'state_moved',
      detail: expect.stringContaining('the message that it planned is sent'),
    });
  });

  it('does not go over a person’s word about the same field', async () => {
    const lead_id = await qualified();
    const decision_id = await triaged(lead_id);
    await call('PATCH', `/leads/${lead_id}`, { lead_status: 'Unqualified' });
    expect((await call('GET', `/decisions/${decision_id}`)).body.is_reversible).toBe(false);
    expect((await undo(decision_id)).body.code).toBe('state_moved');
    expect((await leadOf(lead_id)).lead_status).toBe('Unqualified');
  });
});

it('undoes an engagement whose message the gate holds, and leaves no lead under way with nothing to carry it', async () => {
  const lead_id = await qualified();
  await triaged(lead_id);
  const [message] = await messagesOf(lead_id);
  await setMessage(message!.message_id, { status: 'held', hold_rule: 'quiet_hours' });
  const [engagement] = await decisionsOf(lead_id, 'lead.engage');
  expect((await undo(engagement!.decision_id)).status).toBe(200);
  expect((await messagesOf(lead_id)).map(({ status }) => status)).toEqual(['cancelled']);
  expect((await leadOf(lead_id)).flow_state).toBe('dormant');
});

it.each([
  ['latest', (items: DecisionItem[]) => items],
  ['oldest', (items: DecisionItem[]) => items.toReversed()],
])(
  'undoes all that is marked reversible after a run, the %s first',
  async (_, inOrder) => {
    const leads: string[] = [];
    for (let index = 0; index < 12; index++) {
      leads.push(await qualified({ company_size: index % 3 === 0 ? '5000+' : '201-1000' }));
      leads.push((await storeLead(herald, { company_size: '1-10', source: 'Outbound', persona: 'Student' })).lead_id);
      leads.push((await storeLead(herald, { gdpr_consent: false, company_size: null, persona: null })).lead_id);
    }
    const before = new Map<string, unknown>();
    for (const lead_id of leads) before.set(lead_id, placeOf(await leadOf(lead_id)));
    for (const lead_id of leads) await triaged(lead_id);
    clock.advance(HOUR_MS / 60);
    for (const lead_id of leads.slice(0, 6)) await triaged(lead_id);
    const all: DecisionItem[] = [];
    for (const lead_id of leads) all.push(...(await decisionsOf(lead_id)));
    const reversible = inOrder(all.filter(({ is_reversible }) => is_reversible));
    expect(reversible.length).toBeGreaterThan(36);
    const answers = [];
    for (const { decision_id } of reversible) answers.push((await undo(decision_id)).status);
    expect(answers.filter((status) => status !== 200)).toEqual([]);
    for (const lead_id of leads) {
      for (const { status } of await decisionsOf(lead_id)) expect(status).toBe('undone');
      expect(placeOf(await leadOf(lead_id))).toEqual(before.get(lead_id));
    }
    expect((await call('GET', '/journeys/audit')).body.items).toEqual([]);
    const handoffs = await herald.app
      .get(Database)
      .of(Handoff)
      .find({ lead_id: leads, status: ['requested'] });
    expect(handoffs).toEqual([]);
  },
  120_000,
);

async function setMessage(message_id: string, patch: Partial<Message>): Promise<void> {
  await herald.app.get(UnitOfWork).run((unit) => unit.of(Message).update({ message_id }, patch));
}
