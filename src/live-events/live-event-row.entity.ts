import { Entity } from 'typeorm';
import { Json, NumberId, Timestamp } from '../database/index.js';
import type { LiveEvent, NewLiveEvent } from './live-event.js';

type Data = Record<string, unknown>;
/** An event with its data as it was given. */
type WholeEvent = readonly [type: string, subjectKind: string, subjectId: string, scope: string, data: Data];
/** An event of a type that is told often: the rest is in `FREQUENT`, and the values are in the order of its fields. */
type ShortEvent = readonly [type: string, subjectId: string, ...values: unknown[]];
export type PackedEvent = WholeEvent | ShortEvent;

const MESSAGE = { kind: 'message', scope: 'messages:read', fields: ['status', 'channel', 'lead_id', 'campaign_id'] };
const HANDOFF = {
  kind: 'handoff',
  scope: 'handoffs:read',
  fields: ['status', 'purpose', 'from_agent', 'to_agent', 'lead_id', 'campaign_id'],
};
/** What need not be written in each row, which would be most of its bytes. Rows keep to it: it can only be added to. */
const FREQUENT: Readonly<Record<string, { kind: string; scope: string; fields: readonly string[] }>> = {
  'resource.updated': { kind: 'resource', scope: 'leads:read', fields: ['lead_id'] },
  'decision.recorded': { kind: 'decision', scope: 'decisions:read', fields: ['status', 'kind', 'agent_id', 'lead_id'] },
  'handoff.requested': HANDOFF,
  'handoff.delivered': HANDOFF,
  'handoff.acknowledged': HANDOFF,
  'handoff.completed': HANDOFF,
  'message.planned': MESSAGE,
  'message.sent': MESSAGE,
  'escalation.opened': {
    kind: 'escalation',
    scope: 'approvals:read',
    fields: ['status', 'reason', 'priority', 'lead_id', 'campaign_id'],
  },
};

/** The events of one unit of work, in their order. */
@Entity('live_events')
export class LiveEventRow {
  @NumberId() id!: number;
  @Timestamp() at!: string;
  @Json() events!: readonly PackedEvent[];
}

export function packEvent({ type, subject_kind, subject_id, scope, data }: NewLiveEvent): PackedEvent {
  const known = FREQUENT[type];
  const names = Object.keys(data);
  const isShort =
    known?.kind === subject_kind &&
    known.scope === scope &&
    names.length === known.fields.length &&
    names.every((name, index) => name === known.fields[index]);
  return isShort ? [type, subject_id, ...Object.values(data)] : [type, subject_kind, subject_id, scope, data];
}

export function unpackRow({ id, at, events }: LiveEventRow): LiveEvent[] {
  return events.map((event, index) => ({ event_id: `${id}-${index}`, at, ...unpacked(event) }));
}

function unpacked(event: PackedEvent): Omit<LiveEvent, 'event_id' | 'at'> {
  if (isWhole(event)) {
    const [type, subject_kind, subject_id, scope, data] = event;
    return { type, subject_kind, subject_id, scope, data };
  }
  const [type, subject_id, ...values] = event;
  const { kind, scope, fields } = FREQUENT[type]!;
  const data = Object.fromEntries(fields.map((field, index) => [field, values[index]]));
  return { type, subject_kind: kind, subject_id, scope, data };
}

/** The values of a short one are words and ids. */
const isWhole = (event: PackedEvent): event is WholeEvent =>
  event.length === 5 && typeof event[4] === 'object' && event[4] !== null;
