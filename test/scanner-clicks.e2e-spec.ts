import { FixedClock } from '../src/config/index.js';
import { Database, UnitOfWork } from '../src/database/index.js';
import { Interaction } from '../src/crm/conversations/interaction.entity.js';
import { Message } from '../src/outreach/message.entity.js';
import { JobClock } from '../src/queue/index.js';
import { type StartedApp, startApp } from './app.js';
import { settled, storeCampaign, storeInteraction, storeLead } from './factories.js';

const MONDAY = '2026-03-02T10:00:00.000Z';

let herald: StartedApp;
beforeAll(async () => {
  herald = await startApp({ clock: new FixedClock(MONDAY) });
  herald.app.get(JobClock).beforeApplicationShutdown();
  await storeCampaign(herald, { campaign_id: 'CMP-1' });
});
afterAll(() => herald.stop());

const call = (method: string, path: string, body?: unknown) => herald.call(method, `/api/v1${path}`, body);

/** A lead with a message that went out to it a day ago. */
async function writtenTo(): Promise<{ lead_id: string; message_id: string }> {
  const { lead_id } = await storeLead(herald, { campaign_id: 'CMP-1', source: 'Website' });
  await storeInteraction(herald, lead_id, { event_type: 'site_visit' });
  const { body } = await call('POST', '/messages', { lead_id, channel: 'Email', subject: 'Hello', body: 'Some words' });
  await settled(herald);
  const sent = { status: 'sent', sent_at: '2026-03-01T10:00:00.000Z', attempts: 1 } as const;
  await herald.app.get(UnitOfWork).run((unit) => unit.of(Message).update({ message_id: body.message_id }, sent));
  return { lead_id, message_id: body.message_id };
}

const report = (message_id: string, user_agent: string) =>
  Promise.all(
    ['opened', 'clicked'].flatMap((type) =>
      [1, 2, 3].map((nth) =>
        call('POST', `/messages/${message_id}/events`, { type, user_agent, event_id: `${type}-${nth}` }),
      ),
    ),
  );

it('of mail scanners move neither the score nor the category, and those of people do', async () => {
  const [quiet, scanned, read] = [await writtenTo(), await writtenTo(), await writtenTo()];
  const lastActive = async () => (await call('GET', `/leads/${scanned.lead_id}`)).body.last_active_at;
  const before = await lastActive();
  for (const { body } of await report(scanned.message_id, 'Barracuda Sentinel scanner'))
    expect(body.human_probability).toBeLessThan(0.5);
  await report(read.message_id, 'Mozilla/5.0 (Windows NT 10.0) Firefox/139.0');
  const triaged = async (lead_id: string) => {
    const { body } = await call('POST', `/leads/${lead_id}/triage`, {});
    return [body.score, body.category];
  };
  const expected = await triaged(quiet.lead_id);
  expect(await triaged(scanned.lead_id)).toEqual(expected);
  expect(await triaged(read.lead_id)).not.toEqual(expected);
  expect(await lastActive()).toBe(before);
});

it('are kept, and say what they are', async () => {
  const { lead_id, message_id } = await writtenTo();
  await report(message_id, 'Barracuda Sentinel scanner');
  const { items } = (await call('GET', `/interactions?lead_id=${lead_id}`)).body;
  expect(items.filter(({ is_machine }: { is_machine: boolean }) => is_machine)).toHaveLength(6);
  const rows = await herald.app.get(Database).of(Interaction).find({ lead_id, is_machine: true });
  expect(rows).toHaveLength(6);
});

it('are told apart also where another system reports them', async () => {
  const { lead_id } = await storeLead(herald);
  const tracked = await storeInteraction(herald, lead_id, {
    event_type: 'email_click',
    metadata_json: { signal: { human_probability: 0.02, reason: 'the user agent is a scanner' } },
  });
  expect(tracked.is_machine).toBe(true);
});
