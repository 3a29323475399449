import { Entity, Index } from 'typeorm';
import { Id, Int, Json, Ref, Timestamp } from '../../../database/index.js';
import type { Principal } from '../../../operations/index.js';

/** Who sent a task's latest message, as kept for its run: a principal whose scopes are a list. */
export type StoredCaller = Omit<Principal, 'scopes'> & { readonly scopes: readonly string[] };

/**
 * One task of the A2A door. The protocol's own shape is in `task`; the other columns are what is searched and decided
 * on.
 */
@Entity('a2a_tasks')
@Index('idx_a2a_tasks_owner', ['owner_id', 'agent', 'status_at'])
@Index('idx_a2a_tasks_approval', ['approval_id'])
@Index('idx_a2a_tasks_status_at', ['status_at'])
@Index('idx_a2a_tasks_lead', ['lead_id'], { where: '"lead_id" IS NOT NULL' })
export class A2aTask {
  @Id() task_id!: string;
  /** The agent's name in its address. */
  @Ref() agent!: string;
  @Ref() owner_id!: string;
  @Json() caller!: StoredCaller;
  @Ref() context_id!: string;
  /** The protocol's name of the state, as TASK_STATE_WORKING. */
  @Ref() state!: string;
  @Timestamp() status_at!: string;
  /** The number of its newest event, from 1. */
  @Int() last_seq!: number;
  /** How many messages it has taken; each that is complete makes one run. */
  @Int() turn!: number;
  /** The operation that it carries out. */
  @Ref() skill!: string;
  @Json() input!: Record<string, unknown>;
  /** The approval that it waits for. */
  @Ref({ nullable: true }) approval_id!: string | null;
  /** The Task in the protocol's JSON. */
  @Json() task!: object;
  @Timestamp() created_at!: string;
  /** The lead that input or task names; see `leadNamedIn`. */
  @Ref({ nullable: true }) lead_id!: string | null;
}

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

/** A message that was taken, so that one sent twice is answered once. */
@Entity('a2a_messages')
@Index('idx_a2a_messages_task', ['task_id'])
export class A2aMessage {
  @Id() owner_id!: string;
  @Id() agent!: string;
  @Id() message_id!: string;
  @Ref() message_hash!: string;
  @Ref() task_id!: string;
  @Timestamp() created_at!: string;
}
