import { newId } from '../../config/index.js';
import type { Unit } from '../../database/index.js';
import { Conversation } from './conversation.entity.js';

/** The lead's latest conversation, or a new one. */
export async function openConversation(unit: Unit, leadId: string, now: string): Promise<Conversation> {
  const [latest] = await unit
    .of(Conversation)
    .find({ lead_id: leadId }, { order: { last_event_at: 'desc' }, limit: 1 });
  if (latest) return latest;
  const conversation: Conversation = {
    conversation_id: newId('C'),
    lead_id: leadId,
    opened_at: now,
    last_event_at: now,
    status: 'active',
  };
  await unit.of(Conversation).insert(conversation);
  return conversation;
}
