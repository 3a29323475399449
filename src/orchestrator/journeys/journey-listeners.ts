import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import {
  CAMPAIGN_CHANGED,
  CONVERSION_RECORDED,
  type CampaignChanged,
  INTERACTION_TRACKED,
  LEAD_EDITED,
  type Lead,
  type LeadEdited,
  Leads,
  type RecordedConversion,
  type TrackedInteraction,
  isMachineMade,
} from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import {
  AT_REST,
  Enrolments,
  type FlowEvent,
  type FlowState,
  type JourneyEvent,
  Journeys,
  Sequences,
  companyKey,
} from '../../journeys/index.js';
import { Listens } from '../../operations/index.js';
import {
  MESSAGE_EVENT,
  MESSAGE_SETTLED,
  type MessageEvent,
  type MessageSettled,
  PERMISSION_CHANGED,
  type PermissionChanged,
  Permissions,
} from '../../outreach/index.js';
import { Outbox } from '../../queue/index.js';
import { type HotAsk, hotAsks, readAsks } from '../../agents/core/index.js';
import { draftReply, inWords } from '../../agents/lead-triage/index.js';
import { kindOfEvent } from '../../vocabulary/index.js';
import { CAMPAIGN_TOPIC } from './campaign-journeys.js';

/** Rules that end by an event of their own, of which the lead's way is told: the message waits for that. */
const HEALED_ELSEWHERE: ReadonlySet<string> = new Set([
  'open_case',
  'campaign',
  'not_connected',
  'setup',
  'lead_state',
]);

/** What became of a message, as the lead's way is told of it; what is left out moves nothing. */
const SETTLED: Partial<Record<MessageSettled['what'], { readonly event: FlowEvent; readonly words: string }>> = {
  bounced: { event: 'bounced', words: 'bounced' },
  failed: { event: 'delivery_failed', words: 'could not be delivered' },
  uncertain: { event: 'delivery_uncertain', words: 'may or may not have been delivered' },
  held: { event: 'held_for_good', words: 'will not go out' },
  cancelled: { event: 'held_for_good', words: 'will not go out' },
};

/** Where a person sets a lead's status, its way follows. */
const EVENT_OF_STATUS: Readonly<Record<string, FlowEvent>> = {
  Unqualified: 'dismissed',
  Converted: 'converted',
  Qualified: 'reopened',
  Open: 'reopened',
  New: 'reopened',
};

/** Hears everything that happens to leads, whichever door told it, and tells the lead's way. */
@Injectable()
export class JourneyListeners {
  constructor(
    private readonly leads: Leads,
    private readonly permissions: Permissions,
    private readonly journeys: Journeys,
    private readonly enrolments: Enrolments,
    private readonly sequences: Sequences,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  @Listens(MESSAGE_SETTLED)
  async settled({ unit, message, what, rule, reason, now }: MessageSettled): Promise<void> {
    if (rule !== null && HEALED_ELSEWHERE.has(rule)) return;
    // what expired was not sent in its time: the next step comes at its own
    if (rule === 'expired') return;
    const settled = SETTLED[what];
    if (!settled) return;
    const { lead_id, message_id, conversation_id, decision_id, origin, channel } = message;
    const words = `the message on ${channel} ${settled.words}`;
    await this.journeys.tell(
      unit,
      [
        {
          lead_id,
          event: settled.event,
          message_id,
          reason: reason === null ? words : `${words}: ${reason}`,
          about: { conversation_id, decision_id, raised_by: origin },
        },
      ],
      now,
    );
  }

  @Listens(MESSAGE_EVENT)
  async reported({ unit, message, type, interaction }: MessageEvent): Promise<void> {
    const { lead_id, message_id, conversation_id, decision_id, origin, channel } = message;
    const tell = (event: FlowEvent, reason: string, summary = reason) =>
      this.journeys.tell(
        unit,
        [{ lead_id, event, message_id, reason, about: { summary, conversation_id, decision_id, raised_by: origin } }],
        this.clock.iso(),
      );
    switch (type) {
      case 'unsubscribed':
        return tell('opted_out', 'the lead unsubscribed');
      case 'complained':
        return tell('complained', 'the lead complained', `complained about the message ${message_id} on ${channel}`);
      case 'bounced':
        if (interaction.metadata_json.bounce_kind === 'hard')
          return tell('bounced', `the message on ${channel} bounced`);
        return;
      case 'replied':
        // an objection in so many words is told as one
        if (interaction.outcome === 'unsubscribe') return tell('opted_out', 'the lead answered that it wants no more');
        return this.answered(unit, interaction, { message_id, conversation_id, decision_id, raised_by: origin });
      case 'clicked':
        if (!isMachineMade(interaction.metadata_json)) return tell('reacted', 'the lead clicked a link');
        return;
      default:
    }
  }

  @Listens(INTERACTION_TRACKED)
  async tracked({ unit, interaction, lead, now }: TrackedInteraction): Promise<void> {
    const { lead_id, event_type, outcome, conversation_id } = interaction;
    const kind = kindOfEvent(event_type);
    if (kind === 'send' || kind === 'provider') return;
    if (outcome === 'unsubscribe')
      return this.journeys.tell(unit, [{ lead_id, event: 'opted_out', reason: 'the lead unsubscribed' }], now);
    if (kind === 'answer' || outcome === 'callback_requested') {
      // what is told of a newcomer is its history, which triage weighs; only what is hot cannot wait for it
      if (lead.flow_state === 'new' && hotAsksOf(outcome, saidIn(interaction)).length === 0) return;
      return this.answered(unit, interaction, { conversation_id, raised_by: 'journeys' });
    }
    if (kind === 'signal' && outcome === 'positive')
      await this.journeys.tell(unit, [{ lead_id, event: 'reacted', reason: `the lead reacted (${event_type})` }], now);
  }

  @Listens(CONVERSION_RECORDED)
  async converted({ unit, conversion, now }: RecordedConversion): Promise<void> {
    const { lead_id, conversion_type: type } = conversion;
    const enrolment = (await this.enrolments.liveOf(unit, [lead_id])).get(lead_id);
    const goal = enrolment
      ? (await this.sequences.definitionOf(unit, enrolment.sequence_id, enrolment.sequence_version)).goal
      : [];
    const isGoal = (goal as readonly string[]).includes(type);
    const reason = isGoal ? `the lead converted (${type}), the goal of its sequence` : 'the lead converted';
    await this.journeys.tell(unit, [{ lead_id, event: 'converted', reason }], now);
  }

  @Listens(PERMISSION_CHANGED)
  async permission({ unit, lead_id, change, channel, now }: PermissionChanged): Promise<void> {
    if (change === 'suppressed') return;
    // a pause, or a word about one channel of several, ends nothing: the gate keeps to it
    if (change === 'withdrawn') {
      const lead = await this.leads.get(unit, lead_id);
      if (lead && (await this.permissions.isAnyOpen(unit, lead))) return;
    }
    const where = channel === 'All' ? 'every channel' : channel;
    const [event, reason] = {
      given: ['consent_given', `the lead agreed to messages on ${where}`],
      withdrawn: ['consent_withdrawn', `the lead objected on ${where}`],
      lifted: ['suppression_lifted', `what stood against messages on ${where} is gone`],
    }[change] as [FlowEvent, string];
    await this.journeys.tell(unit, [{ lead_id, event, reason }], now);
  }

  @Listens(LEAD_EDITED)
  async edited({ unit, before, after, by, now }: LeadEdited): Promise<void> {
    const events: JourneyEvent[] = [];
    const { lead_id } = after;
    const event = EVENT_OF_STATUS[after.lead_status];
    if (before.lead_status !== after.lead_status && event && movesBy(event, after))
      events.push({ lead_id, event, reason: `${by} set the status to ${after.lead_status}` });
    if (before.email !== after.email || before.phone !== after.phone)
      events.push({ lead_id, event: 'address_changed', reason: `${by} changed the address` });
    await this.journeys.tell(unit, events, now);
  }

  /** A campaign may have thousands of leads: they are told in turn, and the gate holds their messages meanwhile. */
  @Listens(CAMPAIGN_CHANGED)
  async campaign({ unit, before, after }: CampaignChanged): Promise<void> {
    if (before.status === after.status) return;
    const { campaign_id, status, version } = after;
    await this.outbox.add(unit, [
      { topic: CAMPAIGN_TOPIC, key: `${CAMPAIGN_TOPIC}:${campaign_id}:${version}`, payload: { campaign_id, status } },
    ]);
  }

  /** Somebody said something. */
  private async answered(
    unit: Unit,
    { lead_id, outcome, channel, timestamp, metadata_json }: MessageEvent['interaction'],
    about: { message_id?: string; conversation_id: string | null; decision_id?: string | null; raised_by: string },
  ): Promise<void> {
    const { message_id, ...rest } = about;
    const said = saidIn({ metadata_json });
    const hot = hotAsksOf(outcome, said);
    const summary = summaryOf(outcome, channel, hot);
    const context = {
      outcome,
      channel,
      at: timestamp,
      ...(said !== null && { said }),
      ...(hot.length > 0 && { asks: hot }),
    };
    const draft = draftReply(hot);
    await this.journeys.tell(
      unit,
      [
        {
          lead_id,
          event: hot.length > 0 ? 'hot_answer' : 'answered',
          reason: `the lead ${summary}`,
          ...(message_id !== undefined && { message_id }),
          about: { ...rest, summary, context: { ...context, ...(draft && { draft }) } },
        },
      ],
      this.clock.iso(),
    );
    await this.tellColleagues(unit, lead_id);
  }

  /** Where a sequence says so, it ends for those who work where somebody answered. */
  private async tellColleagues(unit: Unit, leadId: string): Promise<void> {
    const lead = await this.leads.get(unit, leadId);
    const company = lead ? companyKey(lead.email) : null;
    if (company === null) return;
    const events: JourneyEvent[] = [];
    for (const { lead_id, sequence_id, sequence_version } of await this.enrolments.ofCompany(unit, company)) {
      const { exit } = await this.sequences.definitionOf(unit, sequence_id, sequence_version);
      if (lead_id !== leadId && exit.includes('colleague_answered'))
        events.push({ lead_id, event: 'colleague_answered', reason: `${leadId}, of the same company, answered` });
    }
    await this.journeys.tell(unit, events, this.clock.iso());
  }
}

/** The words of an answer, where they were told. */
function saidIn({ metadata_json: { text } }: Pick<MessageEvent['interaction'], 'metadata_json'>): string | null {
  return typeof text === 'string' ? text : null;
}

/** What somebody asks for that cannot wait. Who asked for a call in another system asked for one. */
function hotAsksOf(outcome: string, said: string | null): readonly HotAsk[] {
  const asks = said === null ? [] : hotAsks(readAsks(said));
  return outcome === 'callback_requested' && !asks.includes('call') ? ['call', ...asks] : asks;
}

function summaryOf(outcome: string, channel: string, hot: readonly HotAsk[]): string {
  if (hot.length > 0) return `asks for ${inWords(hot)} (on ${channel})`;
  return `answered on ${channel}${OUTCOME_WORDS[outcome] ?? ''}`;
}

const OUTCOME_WORDS: Readonly<Record<string, string>> = { positive: ', and likes it', negative: ', and declines' };

/** A status that only says what the way says already, or that nothing stands against, moves nothing. */
function movesBy(event: FlowEvent, { flow_state }: Lead): boolean {
  return event !== 'reopened' || AT_REST.includes(flow_state as FlowState);
}
