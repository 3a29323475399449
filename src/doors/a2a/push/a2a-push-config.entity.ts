import { Entity } from 'typeorm';
import { Bool, Id, Int, Json, Ref, Text, Timestamp } from '../../../database/index.js';

/** An address that is told of a task's events, and how far it has been told. */
@Entity('a2a_push_configs')
export class A2aPushConfig {
  @Id() task_id!: string;
  /** Chosen by the client, or here. */
  @Id() config_id!: string;
  @Text() url!: string;
  @Text({ nullable: true }) token!: string | null;
  @Json({ nullable: true }) authentication!: { scheme: string; credentials: string } | null;
  /** The protocol version that it was registered in, in whose shape it is told. */
  @Ref() protocol_version!: string;
  /** New with each registration, so that a delivery promised to the one before it is not made. */
  @Ref() generation!: string;
  @Int() delivered_seq!: number;
  /** Whether a delivery is promised; there is never more than one, and the events after it wait in the log. */
  @Bool() is_pending!: boolean;
  @Text({ nullable: true }) given_up_reason!: string | null;
  @Timestamp() created_at!: string;
}
