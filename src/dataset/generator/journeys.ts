import type { Random } from '../../config/index.js';
import { businessMoment, DAY_MS, HOUR_MS, momentOfDay, midnight, type Period } from './calendar.js';
import { OUTBOUND_CHANNELS, type VariantPlan } from './campaigns.js';
import type { LeadPlan } from './leads.js';
import { chance, exponential, normal, pick, poisson, round, sigmoid, weightedIndex, weightedKey } from './sampling.js';
import { type GeneratedChannel, TRUTH } from './truth.js';
import { CHANNEL, type CompanySize, type ConversionType, type Outcome } from '../../vocabulary/index.js';

export interface JourneyEvent {
  readonly at: number;
  readonly channel: GeneratedChannel;
  readonly event_type: string;
  readonly outcome: Outcome;
  readonly variant: VariantPlan;
  readonly durationSeconds: number;
}

export interface Conversion {
  readonly at: number;
  readonly valueUsd: number;
  readonly type: ConversionType;
}

/** What happened to a lead from the first visit to the end of the period. */
export interface Journey {
  readonly events: JourneyEvent[];
  readonly conversion?: Conversion;
  readonly touches: number;
  readonly engagement: number;
  readonly isUnsubscribed: boolean;
  readonly hasComplained: boolean;
  readonly callbackAt?: number;
}

/** What the lead does when a touch works, and how much engagement it shows. */
const ANSWER: Record<GeneratedChannel, { event_type: string; weight: number }> = {
  Email: { event_type: 'email_open', weight: 0.2 },
  SMS: { event_type: 'sms_reply', weight: 1 },
  Call: { event_type: 'call_answered', weight: 1 },
  Social: { event_type: 'social_comment', weight: 0.5 },
  Ads: { event_type: 'site_visit', weight: 0.4 },
  Web: { event_type: 'site_visit', weight: 0.4 },
};
const CONVERSION_MIX: Record<'small' | 'large', Record<ConversionType, number>> = {
  small: { trial_started: 4, purchase: 3, demo_booked: 2, meeting_scheduled: 1 },
  large: { meeting_scheduled: 3, demo_booked: 4, purchase: 2, trial_started: 1 },
};
const VALUE_FACTOR: Record<ConversionType, number> = {
  demo_booked: 0.6,
  trial_started: 0.7,
  meeting_scheduled: 0.8,
  purchase: 1.9,
};
const LONGEST_SEQUENCE = 12;

/**
 * Plays a lead's journey. Sends go only to leads who consented and stop at an unsubscribe, a complaint or a conversion;
 * an open comes after its send, a click after its open, a reply after its click.
 * @param isNew nobody has worked on the lead yet: it only visits
 */
export function playJourney(random: Random, lead: LeadPlan, isNew: boolean, period: Period): Journey {
  const player = new JourneyPlayer(random, lead, period.end);
  player.visitBeforeContact();
  if (!isNew && lead.gdpr_consent) player.runSequence();
  else if (!isNew) player.browseAlone();
  return player.finish();
}

class JourneyPlayer {
  private readonly events: JourneyEvent[] = [];
  private conversion?: Conversion;
  private engagement = 0;
  private touches = 0;
  private isUnsubscribed = false;
  private hasComplained = false;
  private callbackAt?: number;

  constructor(
    private readonly random: Random,
    private readonly lead: LeadPlan,
    private readonly end: number,
  ) {}

  visitBeforeContact(): void {
    const visits = 1 + poisson(this.random, 0.4 + 1.4 * this.lead.propensity);
    let at = this.lead.createdAt;
    for (let visit = 0; visit < visits; visit++) {
      this.record(at, 'Web', 'site_visit', 'none', this.variantFor('Web'), 0.1);
      at += exponential(this.random, 8 * HOUR_MS);
    }
  }

  /** Without consent nobody writes; what the lead does by itself still counts. */
  browseAlone(): void {
    let at = this.lead.createdAt;
    for (let visit = poisson(this.random, 2.5 * this.lead.propensity); visit > 0 && !this.isOver; visit--) {
      at = momentOfDay(this.random, midnight(at + DAY_MS + exponential(this.random, 5 * DAY_MS)));
      const isSocial = chance(this.random, 0.25);
      const channel = isSocial ? 'Social' : 'Web';
      if (this.record(at, channel, isSocial ? 'social_comment' : 'site_visit', 'none', this.variantFor(channel), 0.4))
        this.maybeConvert(at);
    }
  }

  runSequence(): void {
    const isCold = this.lead.triage_category === 'Cold Lead';
    const wanted =
      this.lead.triage_category === 'General Inquiry'
        ? 1 + this.random.integer(3)
        : 3 + poisson(this.random, isCold ? 2 : 4);
    const meanGapDays = isCold ? 4 : 2;
    let earliest = this.lead.createdAt + (0.1 + exponential(this.random, 0.8)) * DAY_MS;
    while (this.touches < Math.min(wanted, LONGEST_SEQUENCE) && !this.isOver) {
      const last = this.touch(earliest);
      earliest = last + (1 + exponential(this.random, meanGapDays)) * DAY_MS;
    }
  }

  finish(): Journey {
    const { conversion, touches, engagement, isUnsubscribed, hasComplained, callbackAt } = this;
    // a visit that was under way may fall behind the conversion: the history ends with it
    const events = this.events
      .filter(({ at }) => !conversion || at < conversion.at)
      .sort((one, other) => one.at - other.at);
    return { events, conversion, touches, engagement: round(engagement, 2), isUnsubscribed, hasComplained, callbackAt };
  }

  private get isOver(): boolean {
    return this.isUnsubscribed || this.hasComplained || this.conversion !== undefined;
  }

  /** One touch and what it leads to; returns the time of the last thing that happened. */
  private touch(earliest: number): number {
    const { random, lead } = this;
    const channel = this.chooseChannel();
    const variant = this.variantFor(channel);
    const hitsBestHours = chance(random, 0.4);
    const at = businessMoment(
      random,
      earliest,
      hitsBestHours ? Number(lead.bestContactTime.slice(0, 2)) + random.integer(2) : undefined,
    );
    this.touches++;
    const isSent = OUTBOUND_CHANNELS.includes(channel);
    if (isSent && !this.record(at, channel, CHANNEL[channel].events.sent, 'none', variant, 0)) return this.end;
    if (!chance(random, sigmoid(this.responseLogit(channel, variant, hitsBestHours)))) return at;
    return this.answer(at, channel, variant);
  }

  private answer(sentAt: number, channel: GeneratedChannel, variant: VariantPlan): number {
    const { random, lead } = this;
    const { event_type, weight } = ANSWER[channel];
    const delay = channel === 'Call' ? 20_000 : exponential(random, channel === 'SMS' ? HOUR_MS : 5 * HOUR_MS) + 60_000;
    let at = sentAt + delay;
    const isDialogue = channel === 'SMS' || channel === 'Call';
    if (!this.record(at, channel, event_type, isDialogue ? this.dialogueOutcome(at) : 'none', variant, weight))
      return this.end;
    if (channel === 'Email' && !this.isOver) {
      if (!chance(random, sigmoid(TRUTH.funnel.clickAfterOpen + 0.5 * lead.logit))) return at;
      at += exponential(random, 20 * 60_000) + 5000;
      if (!this.record(at, 'Email', 'email_click', 'positive', variant, 0.5)) return this.end;
      if (chance(random, sigmoid(TRUTH.funnel.replyAfterClick + 0.4 * lead.logit))) {
        at += exponential(random, 6 * HOUR_MS) + 60_000;
        if (!this.record(at, 'Email', 'reply', this.dialogueOutcome(at), variant, 1)) return this.end;
      }
    }
    if (!this.isOver) this.maybeConvert(at);
    return at;
  }

  /** What a reply or a call comes to. Unsubscribes and complaints end the journey. */
  private dialogueOutcome(at: number): Outcome {
    const { random, lead } = this;
    if (at >= this.end) return 'none';
    if (chance(random, sigmoid(TRUTH.funnel.unsubscribeAfterAnswer - 0.5 * lead.logit + 0.25 * this.touches))) {
      this.isUnsubscribed = true;
      return 'unsubscribe';
    }
    if (chance(random, sigmoid(TRUTH.funnel.complaintAfterAnswer - 0.3 * lead.logit))) {
      this.hasComplained = true;
      return 'negative';
    }
    const positive = sigmoid(0.3 + 0.8 * lead.logit);
    if (!chance(random, positive)) return chance(random, 0.6) ? 'negative' : 'none';
    if (!chance(random, 0.25)) return 'positive';
    this.callbackAt ??= at;
    return 'callback_requested';
  }

  private maybeConvert(at: number): void {
    const { random, lead } = this;
    const { base, propensityWeight, engagementWeight, engagementCap } = TRUTH.conversion;
    const logit = base + propensityWeight * lead.logit + engagementWeight * Math.min(this.engagement, engagementCap);
    if (!chance(random, sigmoid(logit))) return;
    const convertedAt = at + HOUR_MS + exponential(random, DAY_MS);
    if (convertedAt >= this.end) return;
    this.conversion = { at: convertedAt, ...conversionOf(random, lead.company_size) };
  }

  private responseLogit(channel: GeneratedChannel, variant: VariantPlan, hitsBestHours: boolean): number {
    const { lead, touches } = this;
    const { base, propensityWeight, preferredChannel, bestHours, fatigue, channelByPersona, toneByPersona } =
      TRUTH.response;
    const byChannel: Partial<Record<GeneratedChannel, number>> = channelByPersona[lead.persona];
    const byTone: Partial<Record<string, number>> = toneByPersona[lead.persona];
    return (
      base[channel] +
      propensityWeight * lead.logit +
      (channel === lead.preferred_channel ? preferredChannel : 0) +
      (hitsBestHours ? bestHours : 0) +
      fatigue * (touches - 1) +
      (byChannel[channel] ?? 0) +
      (byTone[variant.tone] ?? 0) +
      variant.effect
    );
  }

  private chooseChannel(): GeneratedChannel {
    const mix = this.lead.campaign.channel_mix;
    if (mix.includes(this.lead.preferred_channel) && chance(this.random, 0.5)) return this.lead.preferred_channel;
    return mix[
      weightedIndex(
        this.random,
        mix.map((channel) => (OUTBOUND_CHANNELS.includes(channel) ? 3 : 1)),
      )
    ];
  }

  /**
   * Split evenly at random over the channel's variants, as a fair test would; on a channel without any, over all of
   * them.
   */
  private variantFor(channel: GeneratedChannel): VariantPlan {
    const { variants } = this.lead.campaign;
    const fitting = variants.filter((variant) => variant.channel === channel);
    return pick(this.random, fitting.length > 0 ? fitting : variants);
  }

  /** False when it would happen after the period. */
  private record(
    at: number,
    channel: GeneratedChannel,
    event_type: string,
    outcome: Outcome,
    variant: VariantPlan,
    engagement: number,
  ): boolean {
    if (at >= this.end) return false;
    this.engagement += engagement;
    const meanDuration = event_type === 'call_answered' ? 420 : event_type === 'site_visit' ? 150 : 30;
    const durationSeconds = 5 + Math.round(exponential(this.random, meanDuration));
    this.events.push({ at, channel, event_type, outcome, variant, durationSeconds });
    return true;
  }
}

function conversionOf(random: Random, size: CompanySize): { valueUsd: number; type: ConversionType } {
  const isLarge = size === '201-1000' || size === '1001-5000' || size === '5000+';
  const type = weightedKey(random, CONVERSION_MIX[isLarge ? 'large' : 'small']);
  const spread = 0.45;
  // e^(-spread²/2) keeps the mean of the log-normal factor at 1
  const valueUsd =
    TRUTH.conversionValueUsd[size] * VALUE_FACTOR[type] * Math.exp(spread * normal(random) - (spread * spread) / 2);
  return { type, valueUsd: round(valueUsd, 2) };
}
