import { Entity } from 'typeorm';
import { Json, NumberId, Timestamp } from '../database/index.js';
import type { LiveEvent, NewLiveEvent } from './live-event.js';

/** An event without the names of its fields, which would be most of its bytes. */
export type PackedEvent = readonly [
  type: string,
  subjectKind: string,
  subjectId: string,
  scope: string,
  data: Record<string, unknown>,
];

/** The events of one unit of work, in their order. */
@Entity('live_events')
export class LiveEventRow {
  @NumberId() id!: number;
  @Timestamp() at!: string;
  @Json() events!: readonly PackedEvent[];
}

export function packEvent({ type, subject_kind, subject_id, scope, data }: NewLiveEvent): PackedEvent {
  return [type, subject_kind, subject_id, scope, data];
}

export function unpackRow({ id, at, events }: LiveEventRow): LiveEvent[] {
  return events.map(([type, subject_kind, subject_id, scope, data], index) => ({
    event_id: `${id}-${index}`,
    type,
    at,
    subject_kind,
    subject_id,
    scope,
    data,
  }));
}
