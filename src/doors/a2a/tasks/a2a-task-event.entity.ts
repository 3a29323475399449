import { Entity, Index } from 'typeorm';
import { Id, Int, Json, Ref, Timestamp } from '../../../database/index.js';

/**
 * One thing that happened to a task, in the protocol's JSON of a StreamResponse. Streams and pushes are read from
 * here.
 */
@Entity('a2a_task_events')
@Index('idx_a2a_task_events_seq', ['task_id', 'seq'], { unique: true })
export class A2aTaskEvent {
  @Id() event_id!: string;
  @Ref() task_id!: string;
  /** From 1, without gaps within the task. */
  @Int() seq!: number;
  @Json() event!: object;
  @Timestamp() created_at!: string;
}
