import { Entity, Index } from 'typeorm';
import { Bool, Id, Json, Ref, Timestamp } from '../../database/index.js';

/** One event between Herald and a lead: a send, an open, a reply, a visit. */
@Entity('interactions')
@Index('idx_interactions_timestamp', ['timestamp', 'interaction_id', 'channel', 'event_type'])
@Index('idx_interactions_lead', [
  'lead_id',
  'timestamp',
  'interaction_id',
  'channel',
  'event_type',
  'outcome',
  'is_machine',
])
@Index('idx_interactions_campaign', ['campaign_id', 'timestamp'])
export class Interaction {
  @Id() interaction_id!: string;
  @Ref({ nullable: true }) conversation_id!: string | null;
  @Ref() lead_id!: string;
  @Ref({ nullable: true }) campaign_id!: string | null;
  @Timestamp() timestamp!: string;
  @Ref() channel!: string;
  @Ref() event_type!: string;
  @Ref({ nullable: true }) agent_id!: string | null;
  @Ref({ nullable: true }) variant_id!: string | null;
  @Ref() outcome!: string;
  @Json() metadata_json!: Record<string, unknown>;
  /** A mail scanner or a proxy did it, by `signal` of the metadata: kept, and not counted. Herald's own. */
  @Bool({ default: false }) is_machine?: boolean;
}
