import { randomUUID } from 'node:crypto';
import { type ApiAnswer, type StartedApp, startApp } from '../app.js';
import { aCampaign, aLead } from '../factories.js';
import { type SinkMail, startSmtpSink } from '../smtp-sink.js';
import { startWebhookSink } from '../webhook-sink.js';

type Fields = Record<string, unknown>;
// the scripts say what they expect of it
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Row = Record<string, any>;

/** A Monday. */
export const START = '2026-03-02T09:00:00.000Z';
const SECONDS = { minutes: 60, hours: 3_600, days: 86_400 } as const;
type Span = Partial<Record<keyof typeof SECONDS, number>>;

/** Mails with fixed words, a few days apart. */
const MAILS = {
  entry: 'by_hand',
  pace: 'engage',
  steps: ['first', 'second', 'third'].map((id, index) => ({
    id,
    wait_days: index === 0 ? 0 : 4,
    does: 'message',
    channel: 'Email',
    subject: `Our ${id} note`,
    body: `This is our ${id} note.`,
  })),
  closing_days: 7,
  then: null,
  exit: [],
  goal: [],
  reentry: { allowed: 'after', days: 7 },
};

let phones = 0;
/** A number in Berlin that nobody else has: what goes to one counts together. */
export const aPhone = (): string => `+4930${String(5_000_000 + ++phones)}`;

export interface StageLead {
  readonly lead_id: string;
  readonly email: string;
}

/**
 * A server on a test clock with a mail server and a webhook receiver beside it, worked from outside only: over HTTP,
 * over the wires, and by moving its clock.
 */
export class Stage {
  private leads = 0;

  private constructor(
    private readonly herald: StartedApp,
    readonly mail: Awaited<ReturnType<typeof startSmtpSink>>,
    readonly webhook: Awaited<ReturnType<typeof startWebhookSink>>,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<Stage> {
    const mail = await startSmtpSink();
    const webhook = await startWebhookSink();
    const env = {
      HERALD_TEST_CLOCK: START,
      HERALD_SANDBOX: '0',
      HERALD_PUBLIC_URL: 'https://herald.example.org',
      HERALD_LANDING_URL: 'https://www.example.org/offer',
      HERALD_SMTP_URL: mail.url,
      HERALD_SMTP_FROM: 'Herald <hello@example.org>',
      HERALD_WEBHOOK_URL: webhook.url,
      HERALD_WEBHOOK_SECRET: 'a secret of the test',
      ...environment,
    };
    const stage = new Stage(await startApp({ env }), mail, webhook);
    await stage.ask('POST', '/sequences', { sequence_id: 'mails', name: 'Mails', draft: MAILS });
    await stage.ask('POST', '/sequences/mails/publish', {});
    return stage;
  }

  async stop(): Promise<void> {
    await this.herald.stop();
    await Promise.all([this.mail.stop(), this.webhook.stop()]);
  }

  call(method: string, path: string, body?: unknown, options?: Parameters<StartedApp['call']>[3]): Promise<ApiAnswer> {
    return this.herald.call(method, `/api/v1${path}`, body, options);
  }

  /** The address of the server itself, for what stands beside the API. */
  get url(): string {
    return this.herald.url;
  }

  /** @returns the body of a good answer */
  async ask(method: string, path: string, body?: unknown): Promise<Row> {
    const answer = await this.call(method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async list(path: string): Promise<Row[]> {
    return (await this.ask('GET', path)).items;
  }

  async now(): Promise<string> {
    return (await this.ask('GET', '/test/clock')).now;
  }

  async advance(span: Span = {}): Promise<Row> {
    const seconds = Object.entries(span).reduce((sum, [unit, n]) => sum + n * SECONDS[unit as keyof typeof SECONDS], 0);
    return this.ask('POST', '/test/clock', { advance_seconds: seconds });
  }

  async advanceTo(instant: string): Promise<void> {
    const seconds = Math.ceil((Date.parse(instant) - Date.parse(await this.now())) / 1_000);
    await this.ask('POST', '/test/clock', { advance_seconds: seconds });
  }

  /** Goes on to the next Tuesday, Wednesday or Thursday at this hour of UTC. */
  async toWorkday(hour = 9): Promise<void> {
    const at = new Date(await this.now());
    at.setUTCHours(hour, 0, 0, 0);
    while (at.toISOString() < (await this.now()) || ![2, 3, 4].includes(at.getUTCDay()))
      at.setUTCDate(at.getUTCDate() + 1);
    await this.advanceTo(at.toISOString());
  }

  async campaign(over: Fields = {}): Promise<string> {
    return (await this.ask('POST', '/campaigns', aCampaign(over))).campaign_id;
  }

  changeCampaign(campaignId: string, changes: Fields): Promise<Row> {
    return this.ask('PATCH', `/campaigns/${campaignId}`, changes);
  }

  /** A lead that agreed to be contacted and prefers email, unless the script says otherwise. */
  async lead(over: Fields = {}): Promise<StageLead> {
    const email = `${randomUUID()}@example.com`;
    // a chosen id, for it seeds what agents draw
    const lead_id = `stage-${++this.leads}`;
    await this.ask('POST', '/leads', aLead({ lead_id, email, phone: null, ...over }));
    return { lead_id, email };
  }

  /** One whom the engagement agent writes to. */
  async engaged(over: Fields = {}, mode: 'engage' | 'nurture' = 'engage'): Promise<StageLead> {
    const lead = await this.lead(over);
    await this.ask('POST', `/leads/${lead.lead_id}/engage`, { mode });
    return lead;
  }

  /** One whom the first message has reached. */
  async written(over: Fields = {}, mode: 'engage' | 'nurture' = 'engage'): Promise<StageLead & { message: Row }> {
    return this.untilReached(await this.engaged(over, mode));
  }

  private async untilReached(lead: StageLead): Promise<StageLead & { message: Row }> {
    for (let hours = 0; hours < 96; hours += 6) {
      const message = (await this.messages(lead)).find(({ status }) => status === 'sent');
      if (message) return { ...lead, message };
      await this.advance({ hours: 6 });
    }
    throw new Error(`no message reached ${lead.lead_id}: ${JSON.stringify(await this.messages(lead))}`);
  }

  /** One in a sequence of mails with fixed words, so that no script hangs on the channel that an agent chooses. */
  async mailed(over: Fields = {}): Promise<StageLead> {
    const lead = await this.lead(over);
    await this.ask('POST', '/sequences/mails/people', { lead_id: lead.lead_id });
    return lead;
  }

  /** The same once the first mail has reached it. */
  async mailReached(over: Fields = {}): Promise<StageLead & { message: Row }> {
    return this.untilReached(await this.mailed(over));
  }

  change({ lead_id }: Pick<StageLead, 'lead_id'>, changes: Fields): Promise<Row> {
    return this.ask('PATCH', `/leads/${lead_id}`, changes);
  }

  get({ lead_id }: Pick<StageLead, 'lead_id'>): Promise<Row> {
    return this.ask('GET', `/leads/${lead_id}`);
  }

  /** The oldest first. */
  async messages({ lead_id }: Pick<StageLead, 'lead_id'>): Promise<Row[]> {
    const rows = await this.list(`/messages?lead_id=${lead_id}&limit=100`);
    return rows.sort((a, b) => (a.message_id < b.message_id ? -1 : 1));
  }

  async sent(lead: Pick<StageLead, 'lead_id'>): Promise<Row[]> {
    return (await this.messages(lead)).filter(({ sent_at }) => sent_at !== null);
  }

  /** What is told of a message. */
  event(message: Row, type: string, more: Fields = {}): Promise<Row> {
    return this.ask('POST', `/messages/${message.message_id}/events`, { type, ...more });
  }

  /** What happened with a lead. */
  happened({ lead_id }: Pick<StageLead, 'lead_id'>, event_type: string, more: Fields = {}): Promise<Row> {
    return this.ask('POST', '/interactions', { lead_id, channel: 'Email', event_type, ...more });
  }

  /** The cases about a lead that nobody has resolved. */
  async cases({ lead_id }: Pick<StageLead, 'lead_id'>): Promise<Row[]> {
    const cases = await this.list(`/escalations?lead_id=${lead_id}&limit=100`);
    return cases.filter(({ status }) => status !== 'resolved');
  }

  async reasons(lead: Pick<StageLead, 'lead_id'>): Promise<string[]> {
    return (await this.cases(lead)).map(({ reason }) => reason);
  }

  /** Mails that came in for an address. */
  mailsTo(address: string): SinkMail[] {
    return this.mail.mails.filter(({ to }) => to.includes(address));
  }

  /** What the gate says now. */
  check({ lead_id }: Pick<StageLead, 'lead_id'>, channel = 'Email'): Promise<Row> {
    return this.ask('POST', '/messages/check', { lead_id, channel });
  }

  /** Leads under way without next time, open case or end. */
  async stranded(): Promise<Row[]> {
    return (await this.ask('GET', '/journeys/audit?limit=100')).items;
  }
}
