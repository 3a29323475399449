import { FixedClock } from '../src/config/index.js';
import { Database } from '../src/database/index.js';
import { Message } from '../src/outreach/message.entity.js';
import { ADMIN, type StartedApp, startApp } from './app.js';
import { aCampaign, aLead, settled } from './factories.js';
import { startSmtpSink } from './smtp-sink.js';

const MONDAY = '2026-03-02T10:00:00.000Z';
const HOUR_MS = 3_600_000;

let herald: StartedApp;
let clock: FixedClock;
let smtp: Awaited<ReturnType<typeof startSmtpSink>>;
beforeAll(async () => {
  smtp = await startSmtpSink();
  clock = new FixedClock(MONDAY);
  herald = await startApp({
    clock,
    env: {
      HERALD_SANDBOX: '0',
      HERALD_PUBLIC_URL: 'https://herald.example.org',
      HERALD_SMTP_URL: smtp.url,
      HERALD_SMTP_FROM: 'Herald <herald@example.org>',
    },
  });
});
afterAll(async () => {
  await herald.stop();
  await smtp.stop();
});

/** Signed in anew, as days pass. */
const freshToken = async () =>
  (await herald.call('POST', '/api/v1/auth/login', ADMIN, { token: null })).body.access_token;
const call = async (method: string, path: string, body?: unknown) => {
  const answer = await herald.call(method, `/api/v1${path}`, body, { token: await freshToken() });
  expect(answer.status).toBeLessThan(300);
  return answer.body;
};
const messagesTo = (lead_id: string) => herald.app.get(Database).of(Message).find({ lead_id });
const passHours = async (hours: number) => {
  for (let hour = 0; hour < hours; hour++) {
    clock.advance(HOUR_MS);
    await settled(herald);
  }
};
/** The message that went out to a lead by mail. */
async function sentTo(lead_id: string): Promise<Message> {
  await settled(herald);
  for (let hours = 0; hours < 30; hours++) {
    const sent = (await messagesTo(lead_id)).find(({ status }) => status === 'sent');
    if (sent) return sent;
    await passHours(1);
  }
  throw new Error(`nothing went out: ${JSON.stringify(await messagesTo(lead_id))}`);
}

it('answers a buyer at once to what it asked, and nothing else goes out while a person has it', async () => {
  const { lead_id } = await call(
    'POST',
    '/leads',
    aLead({ phone: null, message: 'We would like a demo next week, budget 40k EUR' }),
  );
  await call('POST', `/leads/${lead_id}/triage`, {});
  const message = await sentTo(lead_id);
  expect(message).toMatchObject({ channel: 'Email', subject: 'You asked for a demo and a price' });
  expect(message.body).toContain('A colleague will get back to you about it personally.');
  expect(Date.parse(message.sent_at!) - Date.parse(MONDAY)).toBeLessThan(HOUR_MS);
  await passHours(24 * 9);
  expect(await messagesTo(lead_id)).toHaveLength(1);
  // weeks later the same words are no news: nobody is told anew, and nothing is answered twice
  const cases = await call('GET', `/escalations?lead_id=${lead_id}`);
  const hot = cases.items.find(({ reason }: { reason: string }) => reason === 'hot_lead');
  await call('POST', `/escalations/${hot.escalation_id}/resolve`, { resolution: 'approve' });
  await call('POST', `/leads/${lead_id}/triage`, {});
  await passHours(30);
  const reasons = (await call('GET', `/escalations?lead_id=${lead_id}&status=open`)).items;
  expect(reasons.map(({ reason }: { reason: string }) => reason)).not.toContain('hot_lead');
  const subjects = (await messagesTo(lead_id)).map(({ subject }) => subject);
  expect(subjects.filter((subject) => subject?.startsWith('You asked for'))).toHaveLength(1);
});

it('asks the question that settles a doubt, reads the answer and triages anew', async () => {
  await call('POST', '/campaigns', aCampaign({ campaign_id: 'CMP-1' }));
  const little = { company_size: null, industry: null, region: null, phone: null, campaign_id: 'CMP-1' };
  const { lead_id } = await call('POST', '/leads', aLead(little));
  const first = await call('POST', `/leads/${lead_id}/triage`, {});
  expect(first).toMatchObject({ is_low_confidence: true, route: 'nurture' });
  const message = await sentTo(lead_id);
  expect(message.body).toContain('roughly how many people work at your company?');
  await call('POST', `/messages/${message.message_id}/events`, {
    type: 'replied',
    text: 'We are 320 people.\n\n> roughly how many people work at your company?\n> 11-50',
  });
  await settled(herald);
  expect(await call('GET', `/leads/${lead_id}`)).toMatchObject({ company_size: '201-1000' });
  const { items } = await call('GET', `/decisions?subject_id=${lead_id}&kind=lead.triage`);
  expect(items).toHaveLength(2);
});
