import { Injectable } from '@nestjs/common';
import { Clock, isAhead, newId } from '../../config/index.js';
import { Interactions, type Lead, Leads } from '../../crm/index.js';
import { type Reader, type Unit, marks } from '../../database/index.js';
import { Listeners } from '../../operations/index.js';
import { addressHashesOf } from '../address.js';
import { PERMISSION_CHANGED, type PermissionChanged } from '../happenings.js';
import { Suppression } from '../suppression.entity.js';
import { CHANNEL, OPT_IN, type SuppressionChannel } from '../../vocabulary/index.js';
import { type Choice, ConsentWord, type WordKind } from './consent-word.entity.js';
import { type Standing, type Word, standingOf } from './judge-consent.js';

/** Whom a word is about: the lead as far as it is known, and the hashes of its addresses. */
export interface Person {
  readonly lead_id: string | null;
  readonly email_hash: string | null;
  readonly phone_hash: string | null;
}

export interface NewWord {
  readonly kind: WordKind;
  readonly channel: SuppressionChannel;
  /** ISO instant at which the person said it; now when left out. */
  readonly at?: string;
  readonly source: string;
  readonly message_id?: string | null;
  readonly choice?: Choice | null;
  readonly proof?: Record<string, unknown> | null;
}

/** What is known of a person's words and of the suppressions of its addresses. */
export interface Said {
  readonly standing: Standing;
  readonly suppressions: readonly Suppression[];
}

type Change = PermissionChanged['change'];
const CHANGE: Readonly<Record<WordKind, Change>> = {
  given: 'given',
  chosen: 'given',
  lifted: 'lifted',
  withdrawn: 'withdrawn',
  paused: 'withdrawn',
};
/** A suppression for one of these is a word of the person, and a later word outranks it. */
const OBJECTIONS: readonly string[] = ['unsubscribe', 'complaint'];

export const isObjection = (reason: string): boolean => OBJECTIONS.includes(reason);

/** The person of a lead as its addresses are now. */
export function personOf(lead: Pick<Lead, 'lead_id' | 'email' | 'phone'>): Person {
  return { lead_id: lead.lead_id, ...addressHashesOf(lead) };
}

/** Writes down what people say about being written to, and reads what stands. */
@Injectable()
export class ConsentWords {
  constructor(
    private readonly clock: Clock,
    private readonly leads: Leads,
    private readonly interactions: Interactions,
    private readonly listeners: Listeners,
  ) {}

  /** Writes down a word and tells of it; a yes takes off the suppressions that the person's own no had made. */
  async record(unit: Unit, person: Person, word: NewWord): Promise<void> {
    const now = this.clock.iso();
    const { kind, channel, at = now, source, message_id = null, choice = null, proof = null } = word;
    await unit
      .of(ConsentWord)
      .insert({
        word_id: newId('cw'),
        ...person,
        channel,
        kind,
        choice,
        at,
        source,
        message_id,
        proof,
        created_at: now,
      });
    if (kind === 'given' || kind === 'chosen') await this.liftOwnSuppressions(unit, person, channel, choice, at);
    if (person.lead_id !== null) await this.tell(unit, person.lead_id, CHANGE[kind], channel);
  }

  /** Tells those who plan messages that what may be sent is something else than before. */
  async tell(unit: Unit, leadId: string, change: Change, channel: SuppressionChannel): Promise<void> {
    await this.listeners.tell(PERMISSION_CHANGED, { unit, lead_id: leadId, change, channel, now: this.clock.iso() });
  }

  /** What stands for each of these leads, by its id. Three statements. */
  async saidBy(reader: Reader, leads: readonly Lead[], now: string): Promise<Map<string, Said>> {
    const people = leads.map(personOf);
    const words = await this.wordsOf(reader, people);
    const told = await this.interactions.wordsOf(
      reader,
      leads.map(({ lead_id }) => lead_id),
    );
    const suppressions = await suppressionsOf(reader, people);
    return new Map(
      people.map((person) => [
        person.lead_id!,
        said(person, words, told.get(person.lead_id!) ?? [], suppressions, now),
      ]),
    );
  }

  /** The same for a person of whom perhaps only an address is known. */
  async saidByPerson(reader: Reader, person: Person, now: string): Promise<Said> {
    const told = await this.interactions.wordsOf(reader, person.lead_id === null ? [] : [person.lead_id]);
    return said(
      person,
      await this.wordsOf(reader, [person]),
      told.get(person.lead_id ?? '') ?? [],
      await suppressionsOf(reader, [person]),
      now,
    );
  }

  /**
   * Of an objection of a lead that is being erased the hashes of its addresses stay, so that whoever comes with one of
   * them is not written to either.
   */
  async keepObjection(unit: Unit, leadId: string): Promise<void> {
    const lead = await this.leads.get(unit, leadId);
    if (!lead) return;
    const now = this.clock.iso();
    const { standing } = (await this.saidBy(unit, [lead], now)).get(leadId)!;
    if (standing.everything !== false) return;
    const { email_hash, phone_hash } = personOf(lead);
    if (email_hash === null && phone_hash === null) return;
    const person = { lead_id: null, email_hash, phone_hash };
    await this.record(unit, person, { kind: 'withdrawn', channel: 'All', source: 'erasure' });
  }

  private async wordsOf(reader: Reader, people: readonly Person[]): Promise<ConsentWord[]> {
    const keys = {
      lead_id: people.flatMap(({ lead_id }) => lead_id ?? []),
      email_hash: people.flatMap(({ email_hash }) => email_hash ?? []),
      phone_hash: people.flatMap(({ phone_hash }) => phone_hash ?? []),
    };
    const asked = Object.entries(keys).filter(([, values]) => values.length > 0);
    if (asked.length === 0) return [];
    const rows = await reader.query(
      `SELECT * FROM consent_words WHERE ${asked.map(([key, values]) => `${key} IN (${marks(values)})`).join(' OR ')}
       ORDER BY "at", word_id`,
      asked.flatMap(([, values]) => values),
    );
    return rows.map((row) => reader.of(ConsentWord).decode(row));
  }

  private async liftOwnSuppressions(
    unit: Unit,
    person: Person,
    channel: SuppressionChannel,
    choice: Choice | null,
    at: string,
  ): Promise<void> {
    const open = choice ? (choice.channels ?? []) : channel === 'All' ? null : [channel];
    for (const hash of hashesOf(person)) {
      const own = await unit.of(Suppression).find({ address_hash: hash, reason: 'unsubscribe' });
      const ended = own.filter((row) => row.created_at <= at && (!open || open.some((each) => each === row.channel)));
      if (ended.length > 0)
        await unit.of(Suppression).delete({ suppression_id: ended.map(({ suppression_id }) => suppression_id) });
    }
  }
}

/** What stands of all that was said, by this person or by another with its address. */
function said(
  person: Person,
  words: readonly ConsentWord[],
  told: readonly ToldWord[],
  suppressions: ReadonlyMap<string, readonly Suppression[]>,
  now: string,
): Said {
  const own = hashesOf(person).flatMap((hash) => suppressions.get(hash) ?? []);
  const all: Word[] = [
    ...own.filter(({ reason }) => isObjection(reason)).map(objectionOf),
    ...told.map(wordOfInteraction),
    ...words.filter((word) => counts(word, person)),
  ];
  // what lies in the future has not been said yet
  return { standing: standingOf(all.filter(({ at }) => !isAhead(at, now))), suppressions: own };
}

function hashesOf({ email_hash, phone_hash }: Person): string[] {
  return [email_hash, phone_hash].filter((hash) => hash !== null);
}

/**
 * A no counts for whoever comes with the same address, as it is the same person under another record; a yes only for
 * the lead that gave it. A telephone may be a whole office's: a no that was not said by telephone counts through it
 * only where the email addresses do not tell the two apart.
 */
function counts({ kind, channel, lead_id, email_hash, phone_hash }: ConsentWord, person: Person): boolean {
  if (lead_id !== null && lead_id === person.lead_id) return true;
  if (kind === 'given' || kind === 'chosen') return false;
  if (email_hash !== null && email_hash === person.email_hash) return true;
  if (phone_hash === null || phone_hash !== person.phone_hash) return false;
  const saidByPhone = channel !== 'All' && CHANNEL[channel].address === 'phone';
  // of a hash alone it is not known which address it is of
  return saidByPhone || email_hash === phone_hash || email_hash === null || person.email_hash === null;
}

const objectionOf = ({ created_at }: Suppression): Word => ({
  kind: 'withdrawn',
  channel: 'All',
  at: created_at,
  choice: null,
});

function wordOfInteraction({ channel, event_type, timestamp }: ToldWord): Word {
  const kind = event_type === OPT_IN ? 'given' : 'withdrawn';
  return { kind, channel: channel as SuppressionChannel, at: timestamp, choice: null };
}

type ToldWord = { readonly channel: string; readonly event_type: string; readonly timestamp: string };

async function suppressionsOf(reader: Reader, people: readonly Person[]): Promise<Map<string, Suppression[]>> {
  const hashes = [...new Set(people.flatMap(hashesOf))];
  const found = new Map<string, Suppression[]>();
  if (hashes.length === 0) return found;
  for (const row of await reader.of(Suppression).find({ address_hash: hashes }, { order: { created_at: 'asc' } })) {
    const own = found.get(row.address_hash);
    if (own) own.push(row);
    else found.set(row.address_hash, [row]);
  }
  return found;
}
