import { Entity, Index } from 'typeorm';
import { Id, Json, Ref, Text, Timestamp } from '../../database/index.js';
import type { Channel, SuppressionChannel, Topic } from '../../vocabulary/index.js';

/**
 * given: yes, to a channel or to all · withdrawn: no, to everything, on whichever channel it was said · chosen: what
 * stays open and nothing else · paused: nothing until an instant · lifted: a person of ours took an objection off, so
 * that what held before all words holds again.
 */
export type WordKind = 'given' | 'withdrawn' | 'chosen' | 'paused' | 'lifted';

/** What a person chose on the preference page. */
export interface Choice {
  readonly channels?: readonly Channel[];
  readonly topics?: readonly Topic[];
  /** ISO instant, of a pause. */
  readonly until?: string;
}

/**
 * What a person said about being written to. It is bound to the lead and to the hashes of the addresses that the lead
 * had then, so that it holds after an address changed, after a re-import and, for objections, after an erasure.
 */
@Entity('consent_words')
@Index('consent_words_lead', ['lead_id'], { where: '"lead_id" IS NOT NULL' })
@Index('consent_words_email', ['email_hash'], { where: '"email_hash" IS NOT NULL' })
@Index('consent_words_phone', ['phone_hash'], { where: '"phone_hash" IS NOT NULL' })
export class ConsentWord {
  @Id() word_id!: string;
  @Ref({ nullable: true }) lead_id!: string | null;
  /** SHA-256 of the normalised addresses, in hex. */
  @Text({ nullable: true }) email_hash!: string | null;
  @Text({ nullable: true }) phone_hash!: string | null;
  /** Where it was said; what it closes or opens depends on the kind. */
  @Text() channel!: SuppressionChannel;
  @Text() kind!: WordKind;
  @Json({ nullable: true }) choice!: Choice | null;
  /** When the person said it: the last word counts. */
  @Timestamp() at!: string;
  /** Who or what it came by: `one-click`, `page`, `event:…`, `person:<user>` … */
  @Text() source!: string;
  /** The message that it answers. */
  @Ref({ nullable: true }) message_id!: string | null;
  /** What shows that it was said: the text, the interaction, the former consent. */
  @Json({ nullable: true }) proof!: Record<string, unknown> | null;
  @Timestamp() created_at!: string;
}
