import { Instant, JsonObject, Str } from '../operations/index.js';

/** What is told, by what it is about. */
export const LIVE_EVENT_TYPES = [
  'handoff.requested',
  'handoff.delivered',
  'handoff.acknowledged',
  'handoff.completed',
  'escalation.opened',
  'escalation.claimed',
  'escalation.changed',
  'escalation.looked',
  'escalation.noted',
  'escalation.drafted',
  'escalation.resolved',
  'approval.requested',
  'approval.decided',
  'approval.expired',
  'decision.recorded',
  'decision.undone',
  'message.planned',
  'message.sent',
  'message.held',
  'message.failed',
  'message.event',
  'journey.entered',
  'journey.ended',
  'metrics.sampled',
  'resource.updated',
] as const;
export type LiveEventType = (typeof LIVE_EVENT_TYPES)[number];

/**
 * Something that happened, for whoever watches. `data` holds ids and states, never what a person wrote or is called.
 */
export class LiveEvent {
  @Str({ description: 'Later events have later ids; the place to go on from', example: '4711-0' }) event_id!: string;
  @Str({ example: 'handoff.completed' }) type!: string;
  @Instant() at!: string;
  @Str({ example: 'handoff' }) subject_kind!: string;
  @Str({ example: 'hof_01' }) subject_id!: string;
  @Str({ description: 'The scope that a reader needs', example: 'handoffs:read' }) scope!: string;
  @JsonObject() data!: Record<string, unknown>;
}

/** An event as its publisher gives it; id and time are added. */
export interface NewLiveEvent {
  readonly type: LiveEventType;
  readonly subject_kind: string;
  readonly subject_id: string;
  /** The scope that a reader needs. */
  readonly scope: string;
  readonly data: Record<string, unknown>;
}
