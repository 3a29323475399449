import { Injectable } from '@nestjs/common';
import { newId } from '../../config/index.js';
import { Conversation } from './conversation.entity.js';
import type { Reader, Unit } from '../../database/index.js';

/** How other modules find the conversation that belongs to a lead. */
@Injectable()
export class Conversations {
  get(reader: Reader, conversationId: string): Promise<Conversation | undefined> {
    return reader.of(Conversation).get(conversationId);
  }

  /** Which of the ids are those of conversations. */
  async known(reader: Reader, conversationIds: readonly string[]): Promise<Set<string>> {
    if (conversationIds.length === 0) return new Set();
    const found = await reader.of(Conversation).find({ conversation_id: conversationIds });
    return new Set(found.map(({ conversation_id }) => conversation_id));
  }

  /** The lead's latest conversation, or a new one. */
  async open(unit: Unit, leadId: string, now: string): Promise<Conversation> {
    return (await this.openAll(unit, [leadId], now)).get(leadId)!;
  }

  /** As `open`, for many leads in two statements. */
  async openAll(unit: Unit, leadIds: readonly string[], now: string): Promise<Map<string, Conversation>> {
    const existing = await unit.of(Conversation).find({ lead_id: leadIds }, { order: { last_event_at: 'asc' } });
    const found = new Map(existing.map((conversation) => [conversation.lead_id, conversation]));
    const missing = leadIds
      .filter((leadId) => !found.has(leadId))
      .map((lead_id): Conversation => ({
        conversation_id: newId('C'),
        lead_id,
        opened_at: now,
        last_event_at: now,
        status: 'active',
      }));
    if (missing.length > 0) await unit.of(Conversation).insert(missing);
    for (const conversation of missing) found.set(conversation.lead_id, conversation);
    return found;
  }

  /** Something happened in it: a conversation that was idle is active again. */
  async touch(unit: Unit, conversation: Conversation, at: string): Promise<void> {
    if (at <= conversation.last_event_at) return;
    await unit
      .of(Conversation)
      .update({ conversation_id: conversation.conversation_id }, { last_event_at: at, status: 'active' });
  }
}
