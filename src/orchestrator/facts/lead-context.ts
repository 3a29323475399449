import { Injectable } from '@nestjs/common';
import { AsOf } from '../../as-of/index.js';
import { type Conversation, Conversations, type Lead } from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import { MemoryService, type ConversationContext } from '../../memory/index.js';
import type { ChannelPermissions } from '../../outreach/index.js';

/** Rows that a unit has read and handed on, so that they are not read again. */
export interface HeldRows {
  readonly leads?: readonly Lead[];
  /** What short-term memory holds of these leads at the moment that facts are looked at. */
  readonly shortTerm?: readonly ConversationContext[];
  /** What the gate would say of them, by lead. */
  readonly permissions?: ReadonlyMap<string, ChannelPermissions>;
}

/** Leads that are worked on in a unit, with the conversation that each has and what is remembered of it. */
export class LeadContext implements HeldRows {
  private readonly entries: ReadonlyMap<string, ConversationContext>;

  constructor(
    readonly leads: readonly Lead[],
    readonly shortTerm: readonly ConversationContext[],
    private readonly conversations: ReadonlyMap<string, Conversation>,
    now: string,
  ) {
    this.entries = new Map(
      shortTerm.filter(({ expires_at }) => expires_at > now).map((entry) => [entry.conversation_id, entry]),
    );
  }

  conversationOf(leadId: string): string {
    return this.conversations.get(leadId)!.conversation_id;
  }

  /** What is remembered of the lead's conversation and has not expired. */
  entryOf(leadId: string): ConversationContext | undefined {
    return this.entries.get(this.conversationOf(leadId));
  }
}

/** Reads what all work on leads begins with, in as few statements for many leads as for one. */
@Injectable()
export class LeadContexts {
  constructor(
    private readonly conversations: Conversations,
    private readonly memory: MemoryService,
    private readonly asOf: AsOf,
  ) {}

  /** @param leads as the unit has locked them */
  async read(unit: Unit, leads: readonly Lead[], now: string): Promise<LeadContext> {
    const ids = leads.map(({ lead_id }) => lead_id);
    const at = await this.asOf.momentOf(now, unit);
    return new LeadContext(
      leads,
      await this.memory.shortTermOf(unit, ids, at),
      await this.conversations.openAll(unit, ids, now),
      now,
    );
  }
}
