import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { considerChannels } from '../src/agents/engagement/choose-channels.js';
import { checkWords } from '../src/agents/engagement/check-words.js';
import { someEngagementFacts } from '../src/agents/core/facts.fixture.js';
import { Interactions } from '../src/crm/index.js';
import type { ChannelAdapter, Delivery, DeliveryResult } from '../src/outreach/channels/channel-adapter.js';
import { Permissions } from '../src/outreach/index.js';
import { type Channel, type ChannelTraits, CHANNELS, kindOfEvent } from '../src/vocabulary/index.js';
import { HeraldOutreach, NOON, aLead, aWish } from './outreach-fixture.js';

const PIGEON = 'Pigeon' as Channel;
const mockSent: Delivery[] = [];

class Loft implements ChannelAdapter {
  readonly name = 'loft';
  readonly isLocal = false;
  readonly isConnected = true;
  readonly dropsRepeats = true;

  send(delivery: Delivery): Promise<DeliveryResult> {
    mockSent.push(delivery);
    return Promise.resolve({ outcome: 'sent', provider_id: `pigeon-${mockSent.length}` });
  }
}

// what somebody who adds a channel writes: one row, and one adapter by the name of its wire
jest.mock('../src/vocabulary/channel-table.js', () => {
  const { CHANNEL_TABLE } = jest.requireActual<{ CHANNEL_TABLE: object }>('../src/vocabulary/channel-table.js');
  const row: ChannelTraits = {
    code: 77,
    address: 'phone',
    reach: 'direct',
    wire: 'loft',
    isOutreach: true,
    quiet: { start: '18:00', end: '09:00', weekends: false },
    messages: 'letters by pigeon',
    hasSubject: false,
    maxBodyChars: 40,
    layout: 'text',
    creativeTypes: ['SMSCopy'],
    events: { sent: 'pigeon_sent', replied: 'pigeon_back' },
  };
  return { CHANNEL_TABLE: { ...CHANNEL_TABLE, Pigeon: row } };
});
jest.mock('../src/outreach/channels/wires.js', () => {
  const { WIRES } = jest.requireActual<{ WIRES: object }>('../src/outreach/channels/wires.js');
  return { WIRES: { ...WIRES, loft: () => new Loft() } };
});

describe('a channel that is added', () => {
  let herald: HeraldOutreach;
  beforeEach(async () => {
    mockSent.length = 0;
    herald = await HeraldOutreach.start({ now: NOON });
    await herald.addLeads(aLead());
  });
  afterEach(() => herald.end());

  it('carries a message through the gate to its adapter, and hears the answer', async () => {
    expect(CHANNELS).toContain(PIGEON);
    // planned over the API, whose words come from the table
    const planned = await herald.post('/api/v1/messages', { lead_id: 'L1', channel: PIGEON, body: 'Coo' }).expect(201);
    const { message_id } = planned.body;
    expect((await herald.message(message_id)).status).toBe('planned');

    await herald.drainAt('2026-01-14T19:00:00.000Z');
    // its own quiet hours, in the lead's zone
    expect(await herald.message(message_id)).toMatchObject({
      status: 'held',
      hold_rule: 'quiet_hours',
      earliest: '2026-01-15T08:00:00.000Z',
    });
    expect(mockSent).toEqual([]);

    await herald.drainAt('2026-01-15T08:00:01.000Z');
    // to its own kind of address
    expect(mockSent).toMatchObject([{ message_id, channel: PIGEON, to: '+4930123456', body: 'Coo' }]);
    expect(await herald.message(message_id)).toMatchObject({
      status: 'sent',
      transport: 'loft',
      provider_id: 'pigeon-1',
    });

    await herald.post(`/api/v1/messages/${message_id}/events`, { type: 'replied', outcome: 'positive' }).expect(201);
    expect((await herald.interactions()).map(({ event_type }) => event_type).sort()).toEqual([
      'pigeon_back',
      'pigeon_sent',
    ]);
    expect([kindOfEvent('pigeon_sent'), kindOfEvent('pigeon_back')]).toEqual(['send', 'answer']);
    const histories = await herald.app.get(Interactions, { strict: false }).histories(herald.database, ['L1']);
    expect(histories.get('L1')).toMatchObject({ sends: 1, replies: 1, positive_replies: 1 });
  });

  it('can be opted out of by its link, and be suppressed', async () => {
    const [message] = await herald.plan(aWish({ channel: PIGEON, subject: null }));
    await herald.drain();
    const { pathname } = new URL(mockSent[0]!.unsubscribe_url);
    expect((await herald.http().get(pathname).expect(200)).text).toContain('letters by pigeon');
    await herald.http().post(pathname).type('form').send({ 'List-Unsubscribe': 'One-Click' }).expect(200);
    expect(await herald.suppressions()).toMatchObject([{ channel: PIGEON, reason: 'unsubscribe', lead_id: 'L1' }]);
    expect((await herald.post('/api/v1/messages/check', { lead_id: 'L1', channel: PIGEON })).body).toMatchObject({
      allowed: false,
    });
    expect(message!.channel).toBe(PIGEON);
  });

  it('is one that agents may choose, where the gate would allow it: the lead has its kind of address', async () => {
    const withPhone = considerChannels(someEngagementFacts());
    expect(withPhone.allowed.map(({ channel }) => channel)).toContain(PIGEON);
    await herald.addLeads(aLead({ lead_id: 'L2', phone: null }));
    const permission = (await herald.app.get(Permissions).of(herald.database, ['L2'])).get('L2')![PIGEON];
    expect(permission).toMatchObject({ allowed: false, rule: 'no_recipient' });
    const reason = `the lead is gone or has no address for ${PIGEON}`;
    const channels = [{ channel: PIGEON, allowed: false, rule: 'no_recipient' as const, reason }];
    expect(considerChannels(someEngagementFacts({ channels })).excluded).toContainEqual({ channel: PIGEON, reason });
    const body = 'Too long for what a pigeon can carry on its leg';
    expect(checkWords({ subject: null, body }, PIGEON as never, [])).toEqual(['too_long']);
  });
});

it('no other file of the server lists channels', () => {
  const src = join(import.meta.dirname, '../src');
  // the generator states what is true of its six, the data set's follow-up steps name theirs, and the dictionary that
  // decisions are packed with is a sample of their text
  const allowed =
    /^vocabulary\/channel-table\.ts$|^dataset\/(generator|simulator)\/|^agents\/engagement\/plan-follow-ups\.ts$|^decisions\/packing-dictionary\.ts$/;
  const lists = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|js)$/.test(file) && !/\.(spec|fixture)\.ts$/.test(file) && !allowed.test(file))
    .filter((file) => {
      const named = readFileSync(join(src, file), 'utf8').match(
        /'(Email|SMS|Social|Ads|Web|Call|email|sms|social|ads|web|call)'|\b(Email|SMS|Social|Ads|Web|Call):/g,
      );
      return new Set(named?.map((name) => name.replace(/\W/g, '').toLowerCase())).size > 1;
    });
  expect(lists).toEqual([]);
});
