import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../config/index.js';
import { type Reader, type Unit, marks } from '../database/index.js';
import { hashJson } from '../decisions/index.js';
import { LiveEvents } from '../live-events/index.js';
import { type OutboxItem, Outbox } from '../queue/index.js';
import { Approval } from './approvals/approval.entity.js';
import { EffectRegistry } from './approvals/effect-registry.js';
import { defaultExpiry, dueAt } from './deadlines.js';
import { Escalation } from './escalations/escalation.entity.js';
import { approvalEvent, escalationLiveEvent } from './inbox-events.js';
import { APPROVAL_REQUESTED, ESCALATION_RAISED, UNRESOLVED } from './vocabulary.js';
import { DEFAULT_PRIORITY, type EscalationReason, type Priority } from '../vocabulary/index.js';

/** What a case or a question is about. */
interface About {
  leadId?: string | null;
  campaignId?: string | null;
  decisionId?: string | null;
}

export interface EscalationItem extends About {
  conversationId?: string | null;
  reason: EscalationReason;
  summary: string;
  context?: Record<string, unknown>;
  /** Agent or principal id. */
  raisedBy: string;
  /** The default of priorities when left out; it sets how long the case may wait. */
  priority?: Priority;
  /** ISO time; by priority when left out. */
  dueAt?: string;
}

export interface ApprovalItem extends About {
  /** Names the effect's handler in the `EffectRegistry`. */
  kind: string;
  title: string;
  effect: Record<string, unknown>;
  /** The state that the effect was judged on, in the form in which its handler reads it; read now when left out. */
  judgedOn?: unknown;
  evidence?: Record<string, unknown>;
  /** What the effect touches, and how much of it. */
  blastRadius?: Record<string, unknown>;
  /** How it could be taken back; null or left out if it could not. */
  undo?: Record<string, unknown> | null;
  escalationId?: string | null;
  /** Agent or principal id; this one may not approve it. */
  requestedBy: string;
  priority?: Priority;
  /** ISO time; three days from now when left out. */
  expiresAt?: string;
}

/** Payload of the topic `escalation.raised`. */
export interface EscalationRaised {
  escalation_id: string;
  event: 'raised' | 'reminded' | 'climbed';
  level: number;
}

/** Payload of the topic `approval.requested`. */
export interface ApprovalRequested {
  approval_id: string;
}

/** Where agents put what a person has to see: cases to settle and effects to approve. */
@Injectable()
export class Inbox {
  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly effects: EffectRegistry,
    private readonly liveEvents: LiveEvents,
  ) {}

  /**
   * Raises the cases. One that is unresolved already (same reason, lead, campaign and conversation) is not raised
   * twice.
   * @returns the case's id for each item, in their order
   */
  async escalate(unit: Unit, items: readonly EscalationItem[]): Promise<string[]> {
    const now = this.clock.iso();
    const idByCase = await unresolvedCases(unit, items);
    const added: Escalation[] = [];
    const ids = items.map((item) => {
      const row = toEscalation(item, now);
      const known = idByCase.get(caseOf(row));
      if (known !== undefined) return known;
      idByCase.set(caseOf(row), row.escalation_id);
      added.push(row);
      return row.escalation_id;
    });
    await unit.of(Escalation).insert(added);
    this.liveEvents.publish(
      unit,
      added.map((row) => escalationLiveEvent('escalation.opened', row)),
    );
    await this.outbox.add(
      unit,
      added.map((row) => escalationEvent(row, 'raised')),
    );
    return ids;
  }

  /**
   * Asks for a person's yes to the effects, each bound by hash to itself and to the state that it is judged on.
   * @returns the approvals' ids, in the order of the items
   */
  async requestApproval(unit: Unit, items: readonly ApprovalItem[]): Promise<string[]> {
    const now = this.clock.iso();
    const rows: Approval[] = [];
    for (const item of items) {
      const handler = this.effects.get(item.kind);
      const state = item.judgedOn ?? (await handler.readState(unit, item.effect));
      rows.push(toApproval(item, state, now));
    }
    await unit.of(Approval).insert(rows);
    this.liveEvents.publish(
      unit,
      rows.map((row) => approvalEvent('approval.requested', row)),
    );
    await this.outbox.add(
      unit,
      rows.map(({ approval_id }) => {
        const payload: ApprovalRequested = { approval_id };
        return { topic: APPROVAL_REQUESTED, key: `${APPROVAL_REQUESTED}:${approval_id}`, payload };
      }),
    );
    return rows.map(({ approval_id }) => approval_id);
  }

  /** The effects of a kind on a campaign that still wait for a yes. */
  waitingFor(reader: Reader, { kind, campaign_id }: Pick<Approval, 'kind' | 'campaign_id'>): Promise<Approval[]> {
    return reader.of(Approval).find({ campaign_id, status: 'pending', kind });
  }

  /** When, at last, something that people had approved was carried out on these decisions; the others are absent. */
  async executedAt(reader: Reader, decisionIds: readonly string[]): Promise<Map<string, string>> {
    if (decisionIds.length === 0) return new Map();
    const rows = await reader.query(
      `SELECT decision_id, MAX(executed_at) AS at FROM approvals
       WHERE decision_id IN (${marks(decisionIds)}) AND status = 'executed' GROUP BY decision_id`,
      decisionIds,
    );
    return new Map(rows.map(({ decision_id, at }) => [String(decision_id), String(at)]));
  }

  /** How many cases each agent or principal raised from then on. */
  async countRaised(reader: Reader, since: string): Promise<Map<string, number>> {
    const rows = await reader.query(
      'SELECT raised_by, COUNT(*) AS n FROM escalations WHERE created_at >= ? GROUP BY raised_by',
      [since],
    );
    return new Map(rows.map(({ raised_by, n }) => [String(raised_by), Number(n)]));
  }
}

export function escalationEvent({ escalation_id, level }: Escalation, event: EscalationRaised['event']): OutboxItem {
  const payload: EscalationRaised = { escalation_id, event, level };
  return { topic: ESCALATION_RAISED, key: `${ESCALATION_RAISED}:${escalation_id}:${event}:${level}`, payload };
}

type Case = Pick<Escalation, 'reason' | 'lead_id' | 'campaign_id' | 'conversation_id'>;

function caseOf({ reason, lead_id, campaign_id, conversation_id }: Case): string {
  return JSON.stringify([reason, lead_id, campaign_id, conversation_id]);
}

async function unresolvedCases(unit: Unit, items: readonly EscalationItem[]): Promise<Map<string, string>> {
  const leadIds = [...new Set(items.flatMap(({ leadId }) => leadId ?? []))];
  const campaignIds = [...new Set(items.flatMap(({ leadId, campaignId }) => (leadId ? [] : (campaignId ?? []))))];
  const escalations = unit.of(Escalation);
  const rows = [
    // found by the lead: most cases of all leads may be unresolved, and a lead has few
    ...(leadIds.length > 0 ? await escalations.find({ lead_id: leadIds }) : []),
    ...(campaignIds.length > 0
      ? await escalations.find({ lead_id: null, campaign_id: campaignIds, status: UNRESOLVED })
      : []),
  ];
  const unresolved = rows.filter(({ status }) => UNRESOLVED.includes(status));
  return new Map(unresolved.map((row) => [caseOf(row), row.escalation_id]));
}

function toEscalation(item: EscalationItem, now: string): Escalation {
  const priority = item.priority ?? DEFAULT_PRIORITY;
  return {
    escalation_id: newId('esc'),
    lead_id: item.leadId ?? null,
    campaign_id: item.campaignId ?? null,
    conversation_id: item.conversationId ?? null,
    decision_id: item.decisionId ?? null,
    reason: item.reason,
    summary: item.summary,
    context: item.context ?? {},
    raised_by: item.raisedBy,
    status: 'open',
    priority,
    level: 0,
    assigned_to: null,
    claimed_at: null,
    due_at: item.dueAt ?? dueAt(priority, now),
    reminded_at: null,
    resolved_at: null,
    resolution: null,
    resolution_note: null,
    resolution_detail: null,
    resolved_by: null,
    created_at: now,
    version: 1,
  };
}

function toApproval(item: ApprovalItem, state: unknown, now: string): Approval {
  return {
    approval_id: newId('apr'),
    kind: item.kind,
    title: item.title,
    effect: item.effect,
    effect_hash: hashJson(item.effect),
    state_ref: state ?? null,
    state_hash: hashJson(state ?? null),
    evidence: item.evidence ?? {},
    blast_radius: item.blastRadius ?? {},
    undo: item.undo ?? null,
    decision_id: item.decisionId ?? null,
    escalation_id: item.escalationId ?? null,
    lead_id: item.leadId ?? null,
    campaign_id: item.campaignId ?? null,
    requested_by: item.requestedBy,
    priority: item.priority ?? DEFAULT_PRIORITY,
    status: 'pending',
    expires_at: item.expiresAt ?? defaultExpiry(now),
    decided_by: null,
    decided_at: null,
    decision_note: null,
    closed_reason: null,
    executed_at: null,
    result: null,
    collected_at: null,
    created_at: now,
    version: 1,
  };
}
