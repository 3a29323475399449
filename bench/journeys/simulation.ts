import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Clock, type Random, createRandom } from '../../src/config/index.js';
import { Database } from '../../src/database/index.js';
import { AppError } from '../../src/errors/index.js';
import { OperationBus, OperationRegistry, type Principal } from '../../src/operations/index.js';
import { ClockMover } from '../../src/queue/index.js';
import { SimulationRecord } from './record.js';
import type { Wires } from './wires.js';

export interface SimulationChoice {
  readonly leads: number;
  readonly days: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
}

const PERSON: Principal = { id: 'bench', kind: 'user', name: 'a person', role: 'admin', scopes: new Set(['*']) };
const HOUR_MS = 3_600_000;
const AUDIT = 'journey.audit';
const CAMPAIGNS = 8;
/** Of the time, during which leads come in. */
const ARRIVALS = 0.5;
const SOURCES = ['Website', 'Referral', 'Webinar', 'Outbound', 'Event'];
const SIZES = ['1-10', '11-50', '51-200', '201-1000', '1001-5000', '5000+'];
const PERSONAS = ['CMO', 'Founder', 'Procurement', 'Student', 'CTO'];
const REGIONS = ['EU', 'US', 'India'];
const TEXTS = [
  null,
  null,
  null,
  'We would like a demo next week.',
  'How do I reset my password?',
  'What does it cost for 50 seats?',
  'Just looking around.',
];

/** What may come of a message that went out: how likely, how many hours later, and what is told. */
const REACTIONS: readonly { share: number; hours: number; tell: string; more?: object; word?: 'no'; hard?: true }[] = [
  { share: 0.2, hours: 6, tell: 'opened' },
  { share: 0.06, hours: 8, tell: 'clicked' },
  { share: 0.15, hours: 0, tell: 'opened', more: { user_agent: 'Barracuda Sentinel' } },
  { share: 0.03, hours: 20, tell: 'replied', more: { outcome: 'positive' } },
  { share: 0.02, hours: 30, tell: 'replied', more: { outcome: 'negative' } },
  { share: 0.02, hours: 10, tell: 'replied', more: { outcome: 'none' } },
  { share: 0.01, hours: 5, tell: 'replied', more: { outcome: 'callback_requested' } },
  { share: 0.04, hours: 1, tell: 'auto_replied' },
  { share: 0.02, hours: 12, tell: 'unsubscribed', word: 'no' },
  { share: 0.003, hours: 24, tell: 'complained', word: 'no' },
  { share: 0.015, hours: 1, tell: 'bounced', more: { bounce_type: 'hard' }, hard: true },
  { share: 0.03, hours: 1, tell: 'bounced', more: { bounce_type: 'soft' } },
];

interface Sent {
  readonly message_id: string;
  readonly lead_id: string;
  readonly channel: string;
}

/**
 * People who get what a server on a test clock sends, and those who work with it: leads come in, answer or do not,
 * object, bounce and buy; campaigns pause and end; the relay goes away; cases are settled late or never.
 */
export class Simulation {
  readonly record = new SimulationRecord();
  /** The most leads that one hourly audit found; undefined where the server has none. */
  mostAudited: number | undefined;
  audits = 0;
  jobsDone = 0;
  private readonly random: Random;
  private readonly bus: OperationBus;
  private readonly database: Database;
  private readonly clock: Clock;
  private readonly mover: ClockMover;
  private readonly agenda = new Map<number, (() => Promise<void>)[]>();
  private readonly campaigns: string[] = [];
  private readonly leads: string[] = [];
  private readonly hasAudit: boolean;
  private readonly startedAt: number;
  private seenSentUntil: string;
  private readonly seenCases = new Set<string>();

  constructor(
    app: NestFastifyApplication,
    private readonly wires: Wires,
    private readonly choice: SimulationChoice,
  ) {
    this.random = createRandom(`journeys ${choice.seed}`);
    this.bus = app.get(OperationBus);
    this.database = app.get(Database);
    this.clock = app.get(Clock);
    this.mover = app.get(ClockMover);
    this.hasAudit = app.get(OperationRegistry).find(AUDIT) !== undefined;
    this.seenSentUntil = this.clock.iso();
    this.startedAt = this.clock.now().getTime();
  }

  async run(): Promise<void> {
    const { days, say } = this.choice;
    await this.prepare();
    for (let hour = 0; hour < days * 24; hour++) {
      for (const work of this.agenda.get(hour) ?? []) await work();
      this.agenda.delete(hour);
      this.jobsDone += (await this.mover.advance(HOUR_MS)).jobsDone;
      await this.takeNotice(hour + 1);
      await this.audit();
      if (hour % (24 * 10) === 0) say?.(`day ${hour / 24}: ${this.leads.length} leads, ${this.jobsDone} jobs`);
    }
  }

  private async prepare(): Promise<void> {
    const { days, leads } = this.choice;
    for (let index = 0; index < CAMPAIGNS; index++) {
      const { campaign_id } = await this.call<{ campaign_id: string }>('campaign.create', {
        name: `Campaign ${index}`,
        objective: 'Lead Gen',
        start_date: this.clock.iso(),
        channel_mix: ['Email', 'SMS'],
        daily_budget_usd: 100,
        total_budget_usd: 100_000,
      });
      this.campaigns.push(campaign_id);
    }
    // the first two run on, the last one ends half-way, the others pause now and then
    for (const campaign of this.campaigns.slice(2, -1)) {
      for (let day = 5 + this.random.integer(10); day < days - 5; day += 20 + this.random.integer(10)) {
        const hour = day * 24 + this.random.integer(24);
        this.at(hour, () => this.stop(campaign, 'paused'));
        this.at(hour + 24 + this.random.integer(120), () => this.resume(campaign));
      }
    }
    this.at(Math.floor(days / 2) * 24 + 11, () => this.stop(this.campaigns.at(-1)!, 'ended'));
    for (let day = 4; day < days; day += 9) {
      const hour = day * 24 + 7 + this.random.integer(8);
      this.at(hour, async () => {
        this.wires.isDown = true;
        this.record.count('outages');
      });
      this.at(hour + 1 + this.random.integer(12), async () => void (this.wires.isDown = false));
    }
    for (let index = 0; index < leads; index++)
      this.at(this.random.integer(Math.floor(days * 24 * ARRIVALS)), () => this.arrive(index));
  }

  private async arrive(index: number): Promise<void> {
    const hasConsent = this.random.next() < 0.85;
    const answer = await this.tryCall<{ lead_id: string }>('lead.create', {
      source: this.one(SOURCES),
      company_size: this.one(SIZES),
      persona: this.one(PERSONAS),
      industry: 'SaaS',
      region: this.one(REGIONS),
      preferred_channel: this.random.next() < 0.8 ? 'Email' : 'SMS',
      gdpr_consent: hasConsent,
      email: this.random.next() < 0.95 ? `person${index}@company${index}.example` : null,
      phone: this.random.next() < 0.4 ? `+49301${String(index).padStart(6, '0')}` : null,
      message: this.one(TEXTS),
      campaign_id: this.one(this.campaigns),
      triage: true,
    });
    if (!answer) return;
    const { lead_id } = answer;
    this.leads.push(lead_id);
    this.record.count('leads');
    if (!hasConsent) {
      this.record.say(lead_id, '', false);
      if (this.random.next() < 0.4) this.later(24 * (1 + this.random.integer(20)), () => this.consent(lead_id, true));
    } else if (this.random.next() < 0.05) {
      this.later(24 * (1 + this.random.integer(30)), () => this.consent(lead_id, false));
      if (this.random.next() < 0.5) this.later(24 * (31 + this.random.integer(20)), () => this.consent(lead_id, true));
    }
    if (this.random.next() < 0.03) this.later(24 * this.random.integer(40), () => this.end(lead_id, 'Unqualified'));
    if (this.random.next() < 0.03) this.later(24 * this.random.integer(40), () => this.buy(lead_id));
    if (this.random.next() < 0.02) this.later(24 * this.random.integer(40), () => this.suppress(lead_id));
  }

  private async consent(lead_id: string, gdpr_consent: boolean): Promise<void> {
    if (!(await this.tryCall('lead.update', { lead_id, gdpr_consent }))) return;
    // a yes on a form takes no objection back that came by another way
    if (!gdpr_consent || !this.record.objections.has(lead_id)) this.record.say(lead_id, this.clock.iso(), gdpr_consent);
    this.record.count(gdpr_consent ? 'consent given' : 'consent withdrawn');
  }

  private async end(lead_id: string, lead_status: string): Promise<void> {
    if (!(await this.tryCall('lead.update', { lead_id, lead_status }))) return;
    this.record.ends.set(lead_id, this.clock.iso());
    this.record.count(lead_status);
  }

  private async buy(lead_id: string): Promise<void> {
    const sale = { lead_id, conversion_value_usd: 500, conversion_type: 'purchase' };
    if (!(await this.tryCall('conversion.record', sale))) return;
    this.record.ends.set(lead_id, this.clock.iso());
    this.record.count('conversions');
  }

  private async suppress(lead_id: string): Promise<void> {
    const added = await this.tryCall<{ items: { suppression_id: string }[] }>('suppression.add', {
      lead_id,
      channel: 'All',
    });
    if (!added) return;
    const span: { from: string; to: string | null } = { from: this.clock.iso(), to: null };
    this.record.suppressed.set(lead_id, [span]);
    this.record.count('suppressions');
    if (this.random.next() < 0.5)
      this.later(24 * (1 + this.random.integer(20)), async () => {
        for (const { suppression_id } of added.items) await this.tryCall('suppression.remove', { suppression_id });
        span.to = this.clock.iso();
      });
  }

  private async stop(campaign_id: string, status: 'paused' | 'ended'): Promise<void> {
    if (!(await this.tryCall('campaign.update', { campaign_id, status }))) return;
    const spans = this.record.stops.get(campaign_id) ?? [];
    this.record.stops.set(campaign_id, [...spans, { from: this.clock.iso(), to: null }]);
    this.record.count(`campaigns ${status}`);
  }

  private async resume(campaign_id: string): Promise<void> {
    if (!(await this.tryCall('campaign.update', { campaign_id, status: 'active' }))) return;
    this.record.stops.get(campaign_id)!.at(-1)!.to = this.clock.iso();
  }

  /** Sees what went out and which cases are new, and plans what people do about it. */
  private async takeNotice(hour: number): Promise<void> {
    const sent = (await this.database.query(
      'SELECT message_id, lead_id, channel, sent_at FROM messages WHERE sent_at > ? ORDER BY sent_at, message_id',
      [this.seenSentUntil],
    )) as unknown as (Sent & { sent_at: string })[];
    for (const message of sent) {
      this.record.count(`sent: ${message.channel}`);
      for (const reaction of REACTIONS)
        if (this.random.next() < reaction.share)
          this.at(hour + this.random.integer(reaction.hours + 1), () => this.react(message, reaction));
    }
    this.seenSentUntil = sent.at(-1)?.sent_at ?? this.seenSentUntil;
    const cases = await this.database.query(`SELECT escalation_id, reason FROM escalations WHERE status = 'open'`);
    for (const { escalation_id, reason } of cases) {
      const id = escalation_id as string;
      if (this.seenCases.has(id)) continue;
      this.seenCases.add(id);
      this.record.count(`cases: ${String(reason)}`);
      if (this.random.next() < 0.85) this.at(hour + 1 + this.random.integer(96), () => this.settle(id));
    }
  }

  private async react({ message_id, lead_id, channel }: Sent, reaction: (typeof REACTIONS)[number]): Promise<void> {
    const { tell, more, word, hard } = reaction;
    if (hard && channel !== 'Email') return;
    if (!(await this.tryCall('message.event', { message_id, type: tell, ...more }))) return;
    this.record.count(tell);
    if (word) this.record.object(lead_id, this.clock.iso());
    if (hard) this.record.hardBounces.set(lead_id, this.clock.iso());
  }

  private async settle(escalation_id: string): Promise<void> {
    const resolution = this.random.next() < 0.7 ? 'approve' : 'reject';
    if (await this.tryCall('escalation.resolve', { escalation_id, resolution, note: 'seen to' }))
      this.record.count('cases settled');
  }

  private async audit(): Promise<void> {
    if (!this.hasAudit) return;
    const { stranded } = await this.call<{ stranded: number }>(AUDIT, {});
    this.audits++;
    this.mostAudited = Math.max(this.mostAudited ?? 0, stranded);
  }

  private at(hour: number, work: () => Promise<void>): void {
    this.agenda.set(hour, [...(this.agenda.get(hour) ?? []), work]);
  }

  private later(hours: number, work: () => Promise<void>): void {
    const now = Math.round((this.clock.now().getTime() - this.startedAt) / HOUR_MS);
    this.at(now + Math.max(1, hours), work);
  }

  private one<T>(values: readonly T[]): T {
    return values[this.random.integer(values.length)]!;
  }

  private call<T extends object>(operation: string, request: object): Promise<T> {
    return this.bus.call<T>(operation, request, { principal: PERSON });
  }

  /** @returns undefined when Herald refuses it, such as a settled case or a lead that is not there */
  private async tryCall<T extends object = object>(operation: string, request: object): Promise<T | undefined> {
    try {
      return await this.call<T>(operation, request);
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'internal') throw error;
      this.record.count(`refused: ${operation} ${error.code}`);
      return undefined;
    }
  }
}
