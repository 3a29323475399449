import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../config/index.js';
import { Campaigns, Leads } from '../crm/index.js';
import { type Reader, type Unit, marks } from '../database/index.js';
import { hashJson } from '../decisions/index.js';
import { LiveEvents } from '../live-events/index.js';
import { BlockingCases } from '../outreach/index.js';
import { type OutboxItem, Outbox } from '../queue/index.js';
import { Approval } from './approvals/approval.entity.js';
import { EffectRegistry } from './approvals/effect-registry.js';
import { defaultExpiry, dueAt } from './deadlines.js';
import { changeCase, closing } from './escalations/case-rows.js';
import { Escalation } from './escalations/escalation.entity.js';
import { type TitledLead, titleOf } from './escalations/title-of.js';
import { approvalEvent, escalationLiveEvent } from './inbox-events.js';
import { sortKey } from './sort-key.js';
import { APPROVAL_REQUESTED, ESCALATION_RAISED, UNRESOLVED } from './vocabulary.js';
import { DEFAULT_PRIORITY, ESCALATION_REASON, type EscalationReason, type Priority } from '../vocabulary/index.js';

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
  /** Who and what, in one line; made of the reason, the summary and what is known of the lead when left out. */
  title?: string;
  /** What is expected of it, in USD: the rest of the inbox goes by it. 0 when left out. */
  worth?: number;
  /** Whether nothing may be sent to the lead while the case is open; by the reason when left out. */
  blocks?: boolean;
  /** By the reason when left out. It has no part in the order of the inbox. */
  priority?: Priority;
  /** ISO time; by the reason, or else by the priority, when left out. */
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
  /** What is expected of it, in USD; 0 when left out. */
  worth?: number;
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
    private readonly leads: Leads,
    private readonly campaigns: Campaigns,
    private readonly blocking: BlockingCases,
  ) {}

  /**
   * Raises the cases. One that is unresolved already (same reason and lead; without a lead, the same campaign,
   * conversation and channel) is not raised twice: it collects, and shows what was said last.
   * @returns the case's id for each item, in their order
   */
  async escalate(unit: Unit, items: readonly EscalationItem[]): Promise<string[]> {
    if (items.length === 0) return [];
    const now = this.clock.iso();
    const about = await this.subjectsOf(unit, items);
    const known = await unresolvedCases(unit, items);
    const added = new Map<string, Escalation>();
    const collected = new Map<string, Escalation>();
    const ids = items.map((item) => {
      const row = toEscalation(item, about(item), now);
      const key = caseOf(row);
      const standing = added.get(key) ?? collected.get(key) ?? known.get(key);
      if (!standing) added.set(key, row);
      else (added.has(key) ? added : collected).set(key, collect(standing, row));
      return standing?.escalation_id ?? row.escalation_id;
    });
    const rows = [...added.values()];
    await unit.of(Escalation).insert(rows);
    await unit.of(Escalation).updateEach([...collected.values()], COLLECTED);
    this.liveEvents.publish(unit, [
      ...rows.map((row) => escalationLiveEvent('escalation.opened', row)),
      ...[...collected.values()].map((row) => escalationLiveEvent('escalation.changed', row)),
    ]);
    await this.outbox.add(
      unit,
      rows.map((row) => escalationEvent(row, 'raised')),
    );
    return ids;
  }

  /**
   * A case is closed because what it was about has been seen to elsewhere; nothing goes on from it. One that is settled
   * already stays as it is.
   */
  async closeCase(
    unit: Unit,
    escalationId: string,
    { by, note }: { readonly by: string; readonly note: string | null },
    now: string,
  ): Promise<void> {
    const [found] = await unit.of(Escalation).find({ escalation_id: escalationId }, { lock: true });
    if (!found || !UNRESOLVED.includes(found.status)) return;
    const closed = await changeCase(unit, found, { ...closing(by, note, now), resolution: 'answered' });
    this.liveEvents.publish(unit, [escalationLiveEvent('escalation.resolved', closed)]);
    if (found.lead_id !== null) await this.blocking.settled(unit, found.lead_id);
  }

  /** Why each lead is in the inbox now; leads that are not are absent. One statement. */
  async openReasons(reader: Reader, leadIds: readonly string[]): Promise<Map<string, EscalationReason[]>> {
    const reasons = new Map<string, EscalationReason[]>();
    if (leadIds.length === 0) return reasons;
    for (const { lead_id, reason, status } of await reader.of(Escalation).find({ lead_id: [...new Set(leadIds)] }))
      if (UNRESOLVED.includes(status)) reasons.set(lead_id!, [...(reasons.get(lead_id!) ?? []), reason]);
    return reasons;
  }

  /**
   * The open cases of each lead because of which nothing may be sent to it; leads without any are absent. A case that
   * is put off blocks all the same.
   */
  async blockingCases(reader: Reader, leadIds: readonly string[]): Promise<Map<string, BlockingCase[]>> {
    const cases = new Map<string, BlockingCase[]>();
    if (leadIds.length === 0) return cases;
    for (const { escalation_id, lead_id, reason, status, blocks } of await reader
      .of(Escalation)
      .find({ lead_id: [...new Set(leadIds)] })) {
      if (!blocks || !UNRESOLVED.includes(status)) continue;
      cases.set(lead_id!, [...(cases.get(lead_id!) ?? []), { escalation_id, reason }]);
    }
    return cases;
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

  /** What the titles of cases begin with. */
  private async subjectsOf(unit: Unit, items: readonly EscalationItem[]): Promise<(item: EscalationItem) => Subject> {
    const untitled = items.filter(({ title }) => title === undefined);
    const leads = await this.leads.find(unit, [...new Set(untitled.flatMap(({ leadId }) => leadId ?? []))]);
    const campaignIds = untitled.flatMap(({ leadId, campaignId }) => (leadId ? [] : (campaignId ?? [])));
    const campaigns = await this.campaigns.find(unit, [...new Set(campaignIds)]);
    const byLead = new Map(leads.map((lead) => [lead.lead_id, lead]));
    const byCampaign = new Map(campaigns.map(({ campaign_id, name }) => [campaign_id, name]));
    return ({ leadId, campaignId }) =>
      leadId ? (byLead.get(leadId) ?? null) : campaignId ? (byCampaign.get(campaignId) ?? campaignId) : null;
  }
}

/** An open case because of which nothing may be sent to its lead. */
export type BlockingCase = Pick<Escalation, 'escalation_id' | 'reason'>;

export function escalationEvent({ escalation_id, level }: Escalation, event: EscalationRaised['event']): OutboxItem {
  const payload: EscalationRaised = { escalation_id, event, level };
  return { topic: ESCALATION_RAISED, key: `${ESCALATION_RAISED}:${escalation_id}:${event}:${level}`, payload };
}

/** What the case is about, by which its title begins. */
type Subject = TitledLead | string | null;

type Case = Pick<Escalation, 'reason' | 'lead_id' | 'campaign_id' | 'conversation_id' | 'context'>;

function caseOf({ reason, lead_id, campaign_id, conversation_id, context }: Case): string {
  if (lead_id !== null) return JSON.stringify([reason, lead_id]);
  return JSON.stringify([reason, null, campaign_id, conversation_id, context.channel ?? null]);
}

/** The unresolved cases that the items may be, by what makes them one, the newest where there are several. */
async function unresolvedCases(unit: Unit, items: readonly EscalationItem[]): Promise<Map<string, Escalation>> {
  const leadIds = [...new Set(items.flatMap(({ leadId }) => leadId ?? []))];
  const campaignIds = [...new Set(items.flatMap(({ leadId, campaignId }) => (leadId ? [] : (campaignId ?? []))))];
  const ofNeither = [...new Set(items.flatMap((item) => (item.leadId || item.campaignId ? [] : item.reason)))];
  const escalations = unit.of(Escalation);
  const rows = [
    // found by the lead: most cases of all leads may be unresolved, and a lead has few
    ...(leadIds.length > 0 ? await escalations.find({ lead_id: leadIds }, { order: { created_at: 'asc' } }) : []),
    ...(campaignIds.length > 0
      ? await escalations.find({ lead_id: null, campaign_id: campaignIds, status: UNRESOLVED })
      : []),
    ...(ofNeither.length > 0
      ? await escalations.find({ lead_id: null, campaign_id: null, status: UNRESOLVED, reason: ofNeither })
      : []),
  ];
  const unresolved = rows.filter(({ status }) => UNRESOLVED.includes(status));
  return new Map(unresolved.map((row) => [caseOf(row), row]));
}

/** What a case that is raised once more takes over. */
const COLLECTED = [
  ...(['summary', 'title', 'context', 'decision_id', 'campaign_id', 'conversation_id'] as const),
  ...(['worth', 'blocks', 'times', 'sort_key', 'waiting_since', 'snoozed_until', 'until_answer', 'version'] as const),
];

/** The case as it stands after it was raised once more. News end a snooze that waits for an answer. */
function collect(standing: Escalation, again: Escalation): Escalation {
  const isAwake = standing.sort_key !== null || standing.until_answer;
  const worth = Math.max(standing.worth, again.worth);
  const waiting_since = standing.sort_key === null && isAwake ? again.waiting_since : standing.waiting_since;
  return {
    ...standing,
    summary: again.summary,
    title: again.title,
    context: Object.keys(again.context).length > 0 ? again.context : standing.context,
    decision_id: again.decision_id ?? standing.decision_id,
    campaign_id: again.campaign_id ?? standing.campaign_id,
    conversation_id: again.conversation_id ?? standing.conversation_id,
    worth,
    blocks: standing.blocks || again.blocks,
    times: standing.times + 1,
    waiting_since,
    sort_key: isAwake ? sortKey(standing.reason, worth, waiting_since) : null,
    snoozed_until: isAwake ? null : standing.snoozed_until,
    until_answer: false,
    version: standing.version + 1,
  };
}

function toEscalation(item: EscalationItem, about: Subject, now: string): Escalation {
  const traits = ESCALATION_REASON[item.reason];
  const priority = item.priority ?? traits.priority;
  const lead_id = item.leadId ?? null;
  const worth = item.worth ?? 0;
  return {
    escalation_id: newId('esc'),
    lead_id,
    campaign_id: item.campaignId ?? null,
    conversation_id: item.conversationId ?? null,
    decision_id: item.decisionId ?? null,
    reason: item.reason,
    title: item.title ?? titleOf({ reason: item.reason, summary: item.summary, lead_id }, about),
    summary: item.summary,
    context: item.context ?? {},
    raised_by: item.raisedBy,
    status: 'open',
    priority,
    worth,
    blocks: item.blocks ?? traits.blocks,
    times: 1,
    waiting_since: now,
    sort_key: sortKey(item.reason, worth, now),
    snoozed_until: null,
    until_answer: false,
    level: 0,
    assigned_to: null,
    claimed_at: null,
    due_at: item.dueAt ?? dueAt(item.reason, priority, now),
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
    worth: item.worth ?? 0,
    sort_key: sortKey('approval', item.worth ?? 0, now),
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
