import { Injectable } from '@nestjs/common';
import { type Question, questionsIn, readAnswers } from '../../agents/engagement/index.js';
import { Clock } from '../../config/index.js';
import { Leads } from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import { MemoryService } from '../../memory/index.js';
import { Listens } from '../../operations/index.js';
import { TRIAGE_AGAIN_TOPIC } from '../../journeys/index.js';
import { MESSAGE_EVENT, type MessageEvent } from '../../outreach/index.js';
import { Outbox } from '../../queue/index.js';

/** Of a reply, what the conversation's memory keeps, in characters. */
const LONGEST_UTTERANCE = 2_000;
/** The lead said it itself, and a short text may be misread. */
const CONFIDENCE = 0.9;

/**
 * Reads what leads reply: the conversation remembers the words, and what they answer of a question that the message
 * asked goes into the lead's row, where nothing is known of it yet. The lead is then triaged anew.
 */
@Injectable()
export class ReadReplies {
  constructor(
    private readonly leads: Leads,
    private readonly memory: MemoryService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  @Listens(MESSAGE_EVENT)
  async take({ unit, message, type, interaction }: MessageEvent): Promise<void> {
    const { text } = interaction.metadata_json;
    if (type !== 'replied' || typeof text !== 'string' || text.trim() === '') return;
    const now = this.clock.iso();
    await this.remember(unit, message, text, now);
    const answers = readAnswers(text, questionsIn(message.body));
    if (Object.keys(answers).length === 0) return;
    const lead = await this.leads.lock(unit, message.lead_id);
    if (!lead) return;
    const learned = Object.entries(answers).filter(([field]) => lead[field as Question] === null);
    if (learned.length === 0) return;
    await this.leads.move(unit, lead, Object.fromEntries(learned), now);
    await this.memory.learn(
      unit,
      learned.map(([name, value]) => ({
        lead_id: lead.lead_id,
        name,
        value,
        confidence: CONFIDENCE,
        source: 'conversation',
        source_id: `reply:${interaction.interaction_id}`,
        valid_from: interaction.timestamp,
      })),
      now,
    );
    await this.outbox.add(unit, [
      {
        topic: TRIAGE_AGAIN_TOPIC,
        key: `${TRIAGE_AGAIN_TOPIC}:${interaction.interaction_id}`,
        payload: { lead_id: lead.lead_id },
        leadId: lead.lead_id,
      },
    ]);
  }

  private async remember(
    unit: Unit,
    { lead_id, conversation_id }: MessageEvent['message'],
    text: string,
    now: string,
  ): Promise<void> {
    if (conversation_id === null) return;
    const entries = await this.memory.shortTermOf(unit, [lead_id], now);
    const entry = entries.find((each) => each.conversation_id === conversation_id);
    const said = {
      conversation_id,
      lead_id,
      last_utterance_summary: text.slice(0, LONGEST_UTTERANCE),
      active_intent: 'unknown',
      slots_json: entry?.slots_json ?? {},
    };
    await this.memory.rememberShortTerm(unit, [said], now);
  }
}
