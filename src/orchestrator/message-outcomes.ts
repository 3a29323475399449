import { Injectable } from '@nestjs/common';
import { Clock } from '../config/index.js';
import type { Unit } from '../database/index.js';
import { Ledger } from '../decisions/index.js';
import { MemoryService } from '../memory/index.js';
import { Listens } from '../operations/index.js';
import { MESSAGE_EVENT, type MessageEvent } from '../outreach/index.js';
import { EngagementEpisodes, type EngagementEnd } from './engagement/engagement-episodes.js';
import { isGoodOutcome } from '../vocabulary/index.js';

/**
 * What tells less about a message comes first: mail that is opened once more after an answer takes nothing from the
 * answer.
 */
const BY_WEIGHT: readonly string[] = [
  'delivered',
  'opened',
  'clicked',
  'bounced',
  'replied',
  'unsubscribed',
  'complained',
] satisfies MessageEvent['type'][];

/** How an event ends the engagement that the message belongs to; undefined for what leaves it open. */
function endOf({ type, interaction: { outcome } }: MessageEvent): EngagementEnd | undefined {
  if (type === 'unsubscribed' || type === 'complained') return 'opted_out';
  if (isGoodOutcome(outcome)) return 'good_answer';
  if (type !== 'replied') return undefined;
  return outcome === 'negative' ? 'declined' : outcome === 'unsubscribe' ? 'opted_out' : 'answer';
}

/**
 * What recipients do with messages goes back to the decision that planned them, and to memory.
 */
@Injectable()
export class MessageOutcomes {
  constructor(
    private readonly ledger: Ledger,
    private readonly memory: MemoryService,
    private readonly episodes: EngagementEpisodes,
    private readonly clock: Clock,
  ) {}

  @Listens(MESSAGE_EVENT)
  async take(event: MessageEvent): Promise<void> {
    const { unit, message, type, interaction } = event;
    const { conversation_id, decision_id } = message;
    // a machine’s answer says nothing about the message
    if (decision_id !== null && type !== 'auto_replied') {
      await this.ledger.measure(
        unit,
        decision_id,
        {
          event: type,
          at: interaction.timestamp,
          outcome: interaction.outcome,
          succeeded: isGoodOutcome(interaction.outcome),
        },
        (earlier) => 'event' in earlier && BY_WEIGHT.indexOf(String(earlier.event)) <= BY_WEIGHT.indexOf(type),
      );
    }
    const end = endOf(event);
    if (end) await this.episodes.finish(unit, message, end, this.clock.iso());
    if (type === 'replied' && conversation_id !== null) await this.remember(unit, message, interaction.timestamp);
  }

  private async remember(
    unit: Unit,
    { lead_id, conversation_id, message_id }: MessageEvent['message'],
    at: string,
  ): Promise<void> {
    const entries = await this.memory.shortTermOf(unit, [lead_id], at);
    const entry = entries.find((each) => each.conversation_id === conversation_id);
    await this.memory.rememberShortTerm(
      unit,
      [
        {
          conversation_id: conversation_id!,
          lead_id,
          last_utterance_summary: entry?.last_utterance_summary || 'replied',
          active_intent: entry?.active_intent ?? 'unknown',
          slots_json: { ...entry?.slots_json, reply: { message_id, at } },
        },
      ],
      at,
    );
  }
}
