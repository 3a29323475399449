import type { Random } from '../../config/index.js';
import type { Row } from '../cell-codec.js';
import { HOUR_MS, isoTime, type Period } from './calendar.js';
import type { LeadHistory } from './lead-rows.js';
import { chance, exponential, round, sigmoid, weightedKey } from './sampling.js';
import { agentId, type HandoffReceiver, kindOfEvent } from '../../vocabulary/index.js';

interface Action {
  readonly at: number;
  readonly type: string;
  readonly source: Exclude<HandoffReceiver, 'Manager'>;
  readonly destination: HandoffReceiver;
  readonly reason?: string;
}

/** What an optimizer does around a lead's campaign, by how often. */
const OPTIMIZER_ACTIONS = { optimize: 5, update_segment: 2, update_template: 2, pause_campaign: 1, resume_campaign: 1 };

/** What the agents did for one lead, in the order of the flow: triage, handoff, outreach, escalation, consolidation. */
export function* agentActionRows(
  random: Random,
  history: LeadHistory,
  period: Period,
  nextId: () => string,
): Generator<Row> {
  const confidence = sigmoid(1.2 + Math.abs(history.lead.visibleFit));
  for (const action of actionsOf(random, history)) {
    if (action.at >= period.end) continue;
    yield {
      action_id: nextId(),
      timestamp: isoTime(action.at),
      conversation_id: history.conversationId,
      lead_id: history.lead.lead_id,
      action_type: action.type,
      source_agent: agentOf(random, action.source, history),
      source_agent_type: action.source,
      dest_agent_type: action.destination,
      handoff_context_json: { summary: 'handoff with recent events', confidence: round(confidence, 2) },
      escalation_reason: action.reason ?? 'none',
    };
  }
}

function* actionsOf(random: Random, { lead, journey, status, lastEventAt }: LeadHistory): Generator<Action> {
  if (status === 'New') return;
  const triagedAt = lead.createdAt + 1000 + exponential(random, 8000);
  yield { at: triagedAt, type: 'triage', source: 'LeadTriage', destination: 'Engagement' };
  if (lead.triage_category !== 'Cold Lead')
    yield { at: triagedAt + 200, type: 'handoff', source: 'LeadTriage', destination: 'Engagement' };
  const firstSend = journey.events.find(({ event_type }) => kindOfEvent(event_type) === 'send');
  if (firstSend) yield { at: firstSend.at, type: 'outreach', source: 'Engagement', destination: 'Engagement' };
  const reason = escalationReason(random, lead.company_size, journey.hasComplained, journey.callbackAt !== undefined);
  if (reason) {
    const at = (journey.callbackAt ?? lastEventAt) + exponential(random, HOUR_MS);
    yield { at, type: 'escalate', source: 'Engagement', destination: 'Manager', reason };
  }
  if (journey.conversion)
    yield { at: journey.conversion.at + 60_000, type: 'handoff', source: 'Engagement', destination: 'Optimizer' };
  if (chance(random, 0.12)) {
    const at = lastEventAt + exponential(random, 4 * HOUR_MS);
    yield { at, type: weightedKey(random, OPTIMIZER_ACTIONS), source: 'Optimizer', destination: 'Engagement' };
  }
  if (journey.touches > 0 && chance(random, 0.2)) {
    yield {
      at: lastEventAt + exponential(random, 12 * HOUR_MS),
      type: 'consolidate_memory',
      source: 'Engagement',
      destination: 'Optimizer',
    };
  }
}

function escalationReason(
  random: Random,
  size: string,
  hasComplained: boolean,
  wantsCallback: boolean,
): string | undefined {
  if (hasComplained) return chance(random, 0.2) ? 'legal' : 'complaint';
  if (!wantsCallback) return undefined;
  return size === '1001-5000' || size === '5000+' ? 'high_value' : chance(random, 0.4) ? 'complex_request' : undefined;
}

function agentOf(random: Random, type: Action['source'], { lead }: LeadHistory): string {
  if (type === 'Engagement') return lead.assigned_engagement_agent;
  return agentId(type, 1 + random.integer(type === 'LeadTriage' ? 10 : 7));
}
