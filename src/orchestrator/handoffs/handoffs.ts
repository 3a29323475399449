import { Injectable } from '@nestjs/common';
import { newId } from '../../config/index.js';
import type { Reader, Unit } from '../../database/index.js';
import { hashJson } from '../../decisions/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { invalid } from '../../errors/index.js';
import { Outbox } from '../../queue/index.js';
import { Handoff, type HandoffStatus, type PreservedContext, UNFINISHED_HANDOFFS } from './handoff.entity.js';
import { handoffEvent } from './handoff-event.js';
import {
  AGENT,
  AGENT_TYPES,
  type AgentType,
  HANDOFF_RECEIVERS,
  isHandoffReceiver,
  parseAgentName,
} from '../../vocabulary/index.js';

export const HANDOFF_TOPIC = 'handoff.deliver';

export interface HandoffRequest {
  handoff_id?: string;
  /** Any spelling of an agent's name. */
  from_agent: string;
  to_agent: string;
  purpose: string;
  lead_id: string | null;
  campaign_id: string | null;
  conversation_id: string | null;
  decision_id?: string | null;
  context: Record<string, unknown>;
  preservation_data: PreservedContext;
  /** Lower goes first. */
  priority?: number;
}

/** How work is handed from one agent to another: the row and its outbox item in the caller's unit. */
@Injectable()
export class Handoffs {
  constructor(
    private readonly outbox: Outbox,
    private readonly liveEvents: LiveEvents,
  ) {}

  /** The leads with a handoff that has not come to an end. */
  async underWay(reader: Reader, leadIds: readonly string[]): Promise<Set<string>> {
    const found = await reader.of(Handoff).find({ lead_id: leadIds });
    return new Set(found.flatMap(({ lead_id, status }) => (UNFINISHED_HANDOFFS.includes(status) ? lead_id! : [])));
  }

  /** Somebody took the case that a handoff to people became. */
  async acknowledge(unit: Unit, handoffId: string, now: string): Promise<void> {
    const [handoff] = await unit.of(Handoff).find({ handoff_id: handoffId, status: 'delivered' }, { lock: true });
    if (!handoff) return;
    await unit.of(Handoff).update({ handoff_id: handoffId }, { status: 'acknowledged', acknowledged_at: now });
    this.liveEvents.publish(unit, handoffEvent(handoff, 'acknowledged'));
  }

  /** Somebody settled that case. */
  async complete(unit: Unit, handoffId: string, result: Record<string, unknown>, now: string): Promise<void> {
    const where = { handoff_id: handoffId, status: ['delivered', 'acknowledged'] as HandoffStatus[] };
    const [handoff] = await unit.of(Handoff).find(where, { lock: true });
    if (!handoff) return;
    const patch = {
      status: 'completed',
      acknowledged_at: handoff.acknowledged_at ?? now,
      completed_at: now,
      result,
    } as const;
    await unit.of(Handoff).update({ handoff_id: handoffId }, patch);
    this.liveEvents.publish(unit, handoffEvent(handoff, 'completed'));
  }

  /** @throws AppError invalid when a name is no agent's */
  async request(unit: Unit, requests: readonly HandoffRequest[], now: string): Promise<Handoff[]> {
    const handoffs = requests.map((request) => toHandoff(request, now));
    await unit.of(Handoff).insert(handoffs);
    this.liveEvents.publish(
      unit,
      handoffs.map((handoff) => handoffEvent(handoff, handoff.status)),
    );
    await this.outbox.add(
      unit,
      handoffs.map(({ handoff_id }) => ({
        topic: HANDOFF_TOPIC,
        key: `${HANDOFF_TOPIC}:${handoff_id}`,
        payload: { handoff_id },
      })),
    );
    return handoffs;
  }
}

/** What the hash covers: everything that the receiver relies on. */
export function contextHash({ context, preservation_data }: Pick<Handoff, 'context' | 'preservation_data'>): string {
  return hashJson({ context, preservation_data });
}

function toHandoff(request: HandoffRequest, now: string): Handoff {
  const from = agentNamed('from_agent', request.from_agent);
  const to = receiverNamed('to_agent', request.to_agent);
  return {
    handoff_id: request.handoff_id ?? newId('hof'),
    from_agent: from.id,
    from_agent_type: from.type,
    to_agent: to.id,
    to_agent_type: to.type,
    purpose: request.purpose,
    lead_id: request.lead_id,
    campaign_id: request.campaign_id,
    conversation_id: request.conversation_id,
    context: request.context,
    preservation_data: request.preservation_data,
    context_hash: contextHash(request),
    status: 'requested',
    priority: Math.round(request.priority ?? 0),
    created_at: now,
    acknowledged_at: null,
    completed_at: null,
    decision_id: request.decision_id ?? null,
    result: null,
    failure: null,
  };
}

function agentNamed(field: string, name: string) {
  const agent = parseAgentName(name);
  if (!agent) throw invalid(field, `"${name}" is not the name of an agent; known are ${listed(AGENT_TYPES)}`);
  return agent;
}

/** @throws AppError invalid when nobody of this type would do what is handed over */
function receiverNamed(field: string, name: string) {
  const agent = agentNamed(field, name);
  if (!isHandoffReceiver(agent.type))
    throw invalid(field, `${agent.type} takes no handoffs; ${listed(HANDOFF_RECEIVERS)} do`);
  return agent;
}

const listed = (types: readonly AgentType[]): string =>
  types.map((type) => `${type} (${AGENT[type].code}-…)`).join(', ');
