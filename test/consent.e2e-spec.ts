import { type UserRole, scopesOfRole } from '../src/auth/index.js';
import { OperationBus } from '../src/operations/index.js';
import { BlockingCases, Permissions } from '../src/outreach/index.js';
import { Campaign } from '../src/crm/campaigns/campaign.entity.js';
import { Campaigns } from '../src/crm/index.js';
import { Interaction } from '../src/crm/conversations/interaction.entity.js';
import { UnsubscribeLinks } from '../src/outreach/unsubscribe-links.js';
import { hashAddress } from '../src/outreach/address.js';
import { HeraldOutreach, NOON, aLead, aWish } from './outreach-fixture.js';

const LATER = '2026-01-14T12:00:00.000Z';

describe('consent of a person', () => {
  let herald: HeraldOutreach;
  beforeEach(async () => {
    herald = await HeraldOutreach.start();
    await herald.addLeads(aLead());
  });
  afterEach(() => herald.end());

  const check = async (channel: string, lead_id = 'L1') =>
    (await herald.post('/api/v1/messages/check', { lead_id, channel })).body;
  const track = (changes: object) =>
    herald.post('/api/v1/interactions', { lead_id: 'L1', channel: 'Email', ...changes });
  const optOut = (changes: object = {}) => track({ event_type: 'reply', outcome: 'unsubscribe', ...changes });
  const agentsAreTold = async (leadId = 'L1') =>
    (await herald.app.get(Permissions).of(herald.database, [leadId])).get(leadId)!;
  const token = (messageId: string, email = 'ada@example.com') =>
    herald.app
      .get(UnsubscribeLinks)
      .urlFor({ channel: 'Email', address_hash: hashAddress(email), message_id: messageId })
      .split('/')
      .at(-1)!;
  const patch = (leadId: string, changes: object) =>
    herald.http().patch(`/api/v1/leads/${leadId}`).set('X-API-Key', herald.key).send(changes);

  it('closes every channel when the lead opts out of one, for the gate and for agents alike', async () => {
    await optOut();
    for (const channel of ['Email', 'SMS', 'Social', 'Ads', 'Call'] as const) {
      expect(await check(channel)).toMatchObject({ allowed: false, rule: 'consent' });
      expect((await agentsAreTold())[channel]).toMatchObject({ allowed: false, rule: 'consent', heals: 'event' });
    }
  });

  it('takes imported opt-outs for words of the person', async () => {
    const imported = { lead_id: 'L1', campaign_id: null, agent_id: null, variant_id: null, metadata_json: {} };
    const event = { interaction_id: 'I1', timestamp: '2025-06-01T10:00:00.000Z', channel: 'Ads', event_type: 'click' };
    await herald.uow.run((unit) => unit.of(Interaction).insert({ ...imported, ...event, outcome: 'unsubscribe' }));
    expect(await check('Email')).toMatchObject({ rule: 'consent', reason: 'the lead has opted out of everything' });
  });

  it('goes by the last word in time, for the gate and for agents alike', async () => {
    await optOut();
    await track({ event_type: 'opt_in', timestamp: '2026-01-14T10:00:00.000Z' });
    expect((await check('Email')).allowed).toBe(false);
    await track({ event_type: 'opt_in' });
    expect((await check('Email')).allowed).toBe(true);
    expect((await agentsAreTold()).Email).toEqual({ allowed: true });
    expect((await check('SMS')).allowed).toBe(false);
  });

  it('binds the person and not the address', async () => {
    const [message] = await herald.plan(aWish());
    await herald.drain();
    await herald
      .http()
      .post(`/unsubscribe/${token(message!.message_id)}`)
      .send({});
    await patch('L1', { email: 'ada@new.example' });
    expect(await check('Email')).toMatchObject({ rule: 'consent' });
    await herald.addLeads(
      aLead({ lead_id: 'the telephone alone', email: null }),
      aLead({ lead_id: 'the address before', phone: null }),
      aLead({ lead_id: 'a colleague', email: 'other@example.com' }),
    );
    expect(await check('SMS', 'the telephone alone')).toMatchObject({ rule: 'consent' });
    expect(await check('Ads', 'the address before')).toMatchObject({ rule: 'consent' });
    expect(await check('Email', 'a colleague')).toMatchObject({ allowed: true });
  });

  it('keeps the objection of an erased person by the hashes of its addresses', async () => {
    await optOut();
    await herald.delete('/api/v1/leads/L1');
    await herald.addLeads(aLead({ lead_id: 'L5', phone: null }));
    expect(await check('Email', 'L5')).toMatchObject({ rule: 'consent' });
  });

  it('opens again with the consent field, but only when it changes', async () => {
    await optOut();
    await patch('L1', { gdpr_consent: true });
    expect((await check('Email')).allowed).toBe(false);
    await patch('L1', { gdpr_consent: false });
    await patch('L1', { gdpr_consent: true });
    expect((await check('Email')).allowed).toBe(true);
  });

  it('judges held messages again when consent is given, and cancels them when their time is over', async () => {
    await herald.addLeads(aLead({ lead_id: 'L6', email: 'six@example.com', phone: null, gdpr_consent: false }));
    const wishes = [aWish({ lead_id: 'L6' }), aWish({ lead_id: 'L6', expires_at: LATER })];
    const [lasting, brief] = await herald.plan(...wishes);
    await herald.drain();
    expect((await herald.message(brief!.message_id)).status).toBe('held');
    await herald.drainAt(LATER);
    expect(await herald.message(brief!.message_id)).toMatchObject({ status: 'cancelled', hold_rule: 'expired' });
    await patch('L6', { gdpr_consent: true });
    await herald.drain();
    expect((await herald.message(lasting!.message_id)).status).toBe('sent');
  });

  it('judges held messages again when a suppression is lifted that knows the address only', async () => {
    const { body } = await herald.post('/api/v1/suppressions', { channel: 'Email', address: 'ada@example.com' });
    const [message] = await herald.plan(aWish());
    await herald.drain();
    expect(await herald.message(message!.message_id)).toMatchObject({ status: 'held', hold_rule: 'suppression' });
    await herald.delete(`/api/v1/suppressions/${body.items[0].suppression_id}`);
    await herald.drain();
    expect((await herald.message(message!.message_id)).status).toBe('sent');
  });

  it('holds the messages of a paused campaign until it goes on', async () => {
    const campaign = { name: 'C', objective: 'Lead Gen', start_date: NOON, channel_mix: [], target_personas: [] };
    const money = { daily_budget_usd: 1, total_budget_usd: 1, kpi: 'CPL', status: 'paused', version: 1 };
    await herald.uow.run((unit) => unit.of(Campaign).insert({ campaign_id: 'CMP0001', ...campaign, ...money }));
    const [message] = await herald.plan(aWish({ campaign_id: 'CMP0001' }));
    await herald.drain();
    expect(await herald.message(message!.message_id)).toMatchObject({ status: 'held', hold_rule: 'campaign' });
    expect((await agentsAreTold()).Email).toMatchObject({ rule: 'campaign' });
    const campaigns = herald.app.get(Campaigns);
    await herald.uow.run(async (unit) => {
      const paused = (await campaigns.lock(unit, 'CMP0001'))!;
      await campaigns.move(unit, paused, { status: 'active' }, herald.clock.iso());
    });
    await herald.drain();
    expect((await herald.message(message!.message_id)).status).toBe('sent');
  });

  it('writes to nobody whom a person took out', async () => {
    const [message] = await herald.plan(aWish());
    await patch('L1', { lead_status: 'Unqualified' });
    await herald.drain();
    expect(await herald.message(message!.message_id)).toMatchObject({ status: 'held', hold_rule: 'lead_state' });
    await patch('L1', { lead_status: 'Open' });
    await herald.drain();
    expect((await herald.message(message!.message_id)).status).toBe('sent');
  });

  it('holds everything while a case that blocks is open, and goes on when it is settled', async () => {
    const cases = herald.app.get(BlockingCases);
    const open = new Map([['L1', 'legal']]);
    cases.register((_, leadIds) => Promise.resolve(new Map([...open].filter(([leadId]) => leadIds.includes(leadId)))));
    const [message] = await herald.plan(aWish());
    await herald.drain();
    expect(await herald.message(message!.message_id)).toMatchObject({ status: 'held', hold_rule: 'open_case' });
    await herald.uow.run((unit) => cases.settled(unit, 'L1'));
    await herald.drain();
    expect((await herald.message(message!.message_id)).status).toBe('held');
    open.clear();
    await herald.uow.run((unit) => cases.settled(unit, 'L1'));
    await herald.drain();
    expect((await herald.message(message!.message_id)).status).toBe('sent');
  });
});

describe('what agents may not do', () => {
  let herald: HeraldOutreach;
  beforeAll(async () => {
    herald = await HeraldOutreach.start();
    await herald.addLeads(aLead());
  });
  afterAll(() => herald.end());

  const as = (role: UserRole, operation: string, input: object) => {
    const principal = { id: role, kind: 'api_key', name: role, role, scopes: scopesOfRole(role) } as const;
    const call = { principal, requestId: 'r', ip: '127.0.0.1', door: 'rest' } as const;
    return herald.app.get(OperationBus).call(operation, input, call);
  };
  const suppress = async (reason: string) => {
    const { body } = await herald.post('/api/v1/suppressions', {
      channel: 'All',
      address: `${reason}@x.example`,
      reason,
    });
    return { suppression_id: body.items[0].suppression_id as string };
  };
  const FORBIDDEN = { kind: 'forbidden' };

  it('is to lift the objection of a person, or what the law asks for', async () => {
    for (const reason of ['legal', 'unsubscribe', 'complaint'])
      await expect(as('agent', 'suppression.remove', await suppress(reason))).rejects.toMatchObject(FORBIDDEN);
    await expect(as('agent', 'suppression.remove', await suppress('manual'))).resolves.toBeDefined();
  });

  it('is to lift a legal suppression; nor may anybody but an admin', async () => {
    const legal = await suppress('legal');
    await expect(as('manager', 'suppression.remove', legal)).rejects.toMatchObject(FORBIDDEN);
    await expect(as('admin', 'suppression.remove', legal)).resolves.toBeDefined();
  });

  it('is to delete leads', async () => {
    await expect(as('agent', 'lead.delete', { lead_id: 'L1' })).rejects.toMatchObject(FORBIDDEN);
    await expect(as('manager', 'lead.delete', { lead_id: 'L1' })).resolves.toBeDefined();
  });
});

describe('what comes in', () => {
  let herald: HeraldOutreach;
  beforeAll(async () => {
    herald = await HeraldOutreach.start();
    await herald.addLeads(aLead());
  });
  afterAll(() => herald.end());

  const create = (changes: object) => herald.post('/api/v1/leads', { source: 'Website', ...changes });

  it.each([
    'Ada <ada@example.com>',
    '<ada@example.com>',
    'mailto:ada@example.com',
    'ada@example.com,',
    'ADA@example.com',
  ])('is held by a suppression of %j', async (address) => {
    const { status, body } = await herald.post('/api/v1/suppressions', { channel: 'Email', address });
    expect([status, body.items[0].address_hash]).toEqual([201, hashAddress('ada@example.com')]);
    const found = await herald.get(`/api/v1/suppressions?address=${encodeURIComponent(address)}`);
    expect(found.body.items).toHaveLength(1);
  });

  it.each(['ada\u200b@example.com', 'ada\u202e@example.com', 'nobody', 'a@b@example.com', 'ada@localhost', '+12'])(
    'is refused where %j stands for an address',
    async (address) => {
      const { status, body } = await herald.post('/api/v1/suppressions', { channel: 'Email', address });
      expect([status, body.errors[0].path]).toEqual([400, 'address']);
    },
  );

  it('is kept in one form', async () => {
    const lead = { email: 'Okoye, Ada <ada.o@Example.com>', phone: '030 123456', country: 'Germany', region: 'eu' };
    const { body } = await create({ ...lead, time_zone: 'europe/berlin' });
    expect(body).toMatchObject({
      email: 'ada.o@example.com',
      phone: '+4930123456',
      country: 'DE',
      region: 'EU',
      time_zone: 'Europe/Berlin',
    });
  });

  it.each([
    ['email', 'ada\u200b@example.com'],
    ['phone', '+12'],
    ['region', 'Mars'],
    ['country', 'Mars'],
    ['time_zone', 'EST'],
  ])('is refused where %s is %j', async (field, value) => {
    const { status, body } = await create({ [field]: value });
    expect([status, body.errors[0].path]).toEqual([400, field]);
  });

  it('is refused where the number cannot be dialled in the country', async () => {
    expect((await create({ phone: '12345', country: 'US' })).status).toBe(400);
  });

  it.each([
    [
      '/api/v1/interactions',
      { channel: 'Email', event_type: 'opt_in', timestamp: '2031-01-01T00:00:00Z' },
      'timestamp',
    ],
    [
      '/api/v1/conversions',
      { conversion_type: 'purchase', conversion_value_usd: 1, converted_at: '2031-01-01T00:00:00Z' },
      'converted_at',
    ],
  ])('has happened: %s', async (path, body, field) => {
    const answer = await herald.post(path, { lead_id: 'L1', ...body });
    expect([answer.status, answer.body.errors[0].path]).toEqual([400, field]);
  });

  it.each<[string, string, object, string]>([
    ['in Los Angeles', '2026-01-14T13:30:00.000Z', { region: 'US', phone: '+1 213 555 0142' }, 'quiet_hours'],
    ['in Tokyo', '2026-01-14T15:30:00.000Z', { phone: '+81 90 1234 5678' }, 'quiet_hours'],
    [
      'where the lead says it lives',
      '2026-01-14T11:00:00.000Z',
      { region: 'EU', time_zone: 'Asia/Tokyo' },
      'quiet_hours',
    ],
  ])('lets nobody be woken %s', async (_, now, lead, rule) => {
    const { body } = await create({ email: 'night@example.com', gdpr_consent: true, ...lead });
    herald.clock.set(now);
    const check = await herald.post('/api/v1/messages/check', { lead_id: body.lead_id, channel: 'Email' });
    expect(check.body).toMatchObject({ allowed: false, rule });
  });
});
