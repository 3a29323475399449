import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { type Lead, type LeadChanges, Leads } from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import { type Inverse, InverseRegistry, type UndoState, whatMoved } from '../../decisions/index.js';
import { Inbox } from '../../inbox/index.js';
import { Enrolments, UNDER_WAY } from '../../journeys/index.js';
import { Messages, type MessageStatus, Outreach } from '../../outreach/index.js';

/** Where a lead stands because it, or a person here, said so. */
const MOVED_BY_PEOPLE = new Set(['answered', 'closed', 'converted']);
/** What a message can be without anything having left the house. */
const STAYED: readonly MessageStatus[] = ['planned', 'held', 'failed', 'cancelled'];

/**
 * How decisions about leads are taken back: what they changed about the lead is restored field by field, and a message
 * that has not gone out is cancelled.
 */
@Injectable()
export class UndoActions implements OnModuleInit {
  constructor(
    private readonly inverses: InverseRegistry,
    private readonly leads: Leads,
    private readonly messages: Messages,
    private readonly outreach: Outreach,
    private readonly enrolments: Enrolments,
    private readonly inbox: Inbox,
  ) {}

  onModuleInit(): void {
    this.inverses.buildsOn('lead');
    this.inverses.register('lead.restore', {
      keyOf: leadOf,
      lock: (unit, inverses) => this.leads.lockAll(unit, [...new Set(inverses.map(leadOf))]),
      readStates: async (reader, inverses) => {
        const leads = await this.leads.find(reader, [...new Set(inverses.map(leadOf))]);
        const byId = new Map(leads.map((lead) => [lead.lead_id, lead]));
        return inverses.map((inverse) => byId.get(leadOf(inverse)) as UndoState | undefined);
      },
      whyNot: whatPeopleMoved,
      leaves: (state, { before }) => ({ ...state, ...(before as object) }),
      apply: async (unit, inverse, { now }) => {
        const lead = await this.leads.lock(unit, leadOf(inverse));
        await this.leads.move(unit, lead!, await this.standing(unit, lead!, inverse.before as LeadChanges), now);
      },
    });
    this.inverses.register('message.cancel', {
      keyOf: messageOf,
      readStates: async (reader, inverses) => {
        const messages = await this.messages.find(reader, [...new Set(inverses.map(messageOf))]);
        const byId = new Map(messages.map((message) => [message.message_id, message]));
        return inverses.map((inverse) => byId.get(messageOf(inverse)) as UndoState | undefined);
      },
      lock: (unit, inverses) => this.messages.lockAll(unit, [...new Set(inverses.map(messageOf))]),
      whyNot: ({ status }) =>
        STAYED.includes(status as MessageStatus) ? undefined : `the message that it planned is ${String(status)}`,
      leaves: (state) => ({ ...state, status: 'cancelled' }),
      apply: (unit, inverse, { reason }) =>
        this.outreach.cancelOne(unit, messageOf(inverse), `decision undone: ${reason}`),
    });
  }

  /** Nobody is put back under way with nothing to carry it: where no sequence and no case does, the lead rests. */
  private async standing(unit: Unit, { lead_id }: Lead, before: LeadChanges): Promise<LeadChanges> {
    const { flow_state } = before;
    if (flow_state === undefined || !(UNDER_WAY as readonly string[]).includes(flow_state)) return before;
    const isCarried = (await this.enrolments.liveOf(unit, [lead_id])).size > 0;
    const hasCase = (await this.inbox.openReasons(unit, [lead_id])).size > 0;
    return isCarried || hasCase ? before : { ...before, flow_state: 'dormant' };
  }
}

/**
 * What stands against restoring a lead: a field that somebody set since. Where it stands in its flow moves by itself,
 * and stands against it only where a person moved it there.
 */
function whatPeopleMoved(state: UndoState, { expects }: Inverse): string | undefined {
  const { flow_state: stood, ...fields } = expects;
  const isMoved = stood !== undefined && stood !== state.flow_state && MOVED_BY_PEOPLE.has(String(state.flow_state));
  return whatMoved(state, { expects: isMoved ? expects : fields });
}

const leadOf = ({ lead_id }: Inverse): string => String(lead_id);
const messageOf = ({ message_id }: Inverse): string => String(message_id);
