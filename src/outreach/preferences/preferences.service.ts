import { Injectable } from '@nestjs/common';
import { Leads } from '../../crm/index.js';
import { Database, type Reader } from '../../database/index.js';
import { notFound } from '../../errors/index.js';
import { type CommandContext, Operation, type QueryContext } from '../../operations/index.js';
import { ConsentWords, type Person, personOf } from '../consent/consent-words.js';
import { whyNot } from '../consent/judge-consent.js';
import { Message } from '../message.entity.js';
import { type UnsubscribeClaim, UnsubscribeLinks } from '../unsubscribe-links.js';
import { CHANNEL, OUTREACH_CHANNELS, TOPIC, TOPICS, type Channel } from '../../vocabulary/index.js';
import { PreferencesRequest, PreferencesResponse, SetPreferencesRequest } from './preferences.dto.js';

const PAUSE_DAYS = 30;
const DAY_MS = 86_400_000;

/** Whose link it is, as far as is known of the person. */
interface Recipient {
  readonly claim: UnsubscribeClaim;
  readonly person: Person;
  readonly gdprConsent: boolean;
  readonly channels: readonly Channel[];
}

/** What a person says by the link in a message: which channels and topics stay open, and a pause. */
@Injectable()
export class PreferencesService {
  constructor(
    private readonly database: Database,
    private readonly leads: Leads,
    private readonly links: UnsubscribeLinks,
    private readonly words: ConsentWords,
  ) {}

  @Operation({
    name: 'preference.get',
    permission: null,
    kind: 'query',
    request: PreferencesRequest,
    response: PreferencesResponse,
    summary: 'What the recipient of a message gets, by the token of the link in it',
    rest: { route: 'GET /api/v1/preferences/:token', tag: 'messages' },
    isPublic: true,
    carriesSecret: true,
  })
  async get({ token }: PreferencesRequest, { now }: QueryContext): Promise<PreferencesResponse> {
    return this.shown(this.database, await this.recipientOf(this.database, token), now);
  }

  @Operation({
    name: 'preference.set',
    permission: null,
    kind: 'command',
    request: SetPreferencesRequest,
    response: PreferencesResponse,
    summary: 'Choose what stays open, or pause, by the token of the link in a message',
    rest: { route: 'PUT /api/v1/preferences/:token', tag: 'messages' },
    isPublic: true,
    carriesSecret: true,
  })
  async set(
    { token, action, channels = [], topics = [...TOPICS] }: SetPreferencesRequest,
    { unit, now }: CommandContext,
  ): Promise<PreferencesResponse> {
    const recipient = await this.recipientOf(unit, token);
    const { channel, message_id } = recipient.claim;
    const about = { at: now, source: 'page', message_id };
    if (action === 'pause') {
      const until = new Date(Date.parse(now) + PAUSE_DAYS * DAY_MS).toISOString();
      await this.words.record(unit, recipient.person, { ...about, kind: 'paused', channel: 'All', choice: { until } });
    } else if (channels.length === 0 || topics.length === 0) {
      await this.words.record(unit, recipient.person, { ...about, kind: 'withdrawn', channel });
    } else {
      const choice = { channels, topics };
      await this.words.record(unit, recipient.person, { ...about, kind: 'chosen', channel: 'All', choice });
    }
    return this.shown(unit, recipient, now);
  }

  /** @throws AppError not_found for a token that is none of ours */
  private async recipientOf(reader: Reader, token: string): Promise<Recipient> {
    const claim = this.links.read(token);
    if (!claim) throw notFound('link', token.slice(0, 16));
    const { channel, address_hash, message_id } = claim;
    const message = await reader.of(Message).get(message_id);
    const lead = message && (await this.leads.get(reader, message.lead_id));
    const kind = CHANNEL[channel].address;
    const known = lead ? personOf(lead) : { lead_id: null, email_hash: null, phone_hash: null };
    const person: Person = { ...known, [`${kind}_hash`]: address_hash };
    const reachable = OUTREACH_CHANNELS.filter((each) => person[`${CHANNEL[each].address}_hash`] !== null);
    return { claim, person, gdprConsent: lead?.gdpr_consent ?? false, channels: reachable };
  }

  private async shown(
    reader: Reader,
    { person, gdprConsent, channels }: Recipient,
    now: string,
  ): Promise<PreferencesResponse> {
    const { standing } = await this.words.saidByPerson(reader, person, now);
    const isOpen = (channel: Channel): boolean =>
      TOPICS.some((topic) => whyNot(standing, channel, topic, gdprConsent) === null);
    return {
      channels: channels.map((channel) => ({ channel, title: CHANNEL[channel].messages, open: isOpen(channel) })),
      topics: TOPICS.map((topic) => ({ topic, ...TOPIC[topic], open: standing.topics?.has(topic) ?? true })),
      paused_until: standing.pausedUntil !== null && standing.pausedUntil > now ? standing.pausedUntil : null,
    };
  }
}
