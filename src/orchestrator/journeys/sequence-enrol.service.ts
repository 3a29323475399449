import { Injectable } from '@nestjs/common';
import { Leads } from '../../crm/index.js';
import { conflict, notFound } from '../../errors/index.js';
import { type CommandContext, Operation } from '../../operations/index.js';
import { hasEnded } from '../engagement/lead-engagement.js';
import { EnrolLeadRequest, EnrolLeadResponse } from './sequence-enrol.dto.js';
import { SequenceEntries } from './sequence-entries.js';
import type { StepResult } from './sequence-steps.js';

/** Puts leads into sequences by hand. */
@Injectable()
export class SequenceEnrolService {
  constructor(
    private readonly leads: Leads,
    private readonly entries: SequenceEntries,
  ) {}

  @Operation({
    name: 'sequence.enrol',
    permission: 'leads:write',
    kind: 'command',
    request: EnrolLeadRequest,
    response: EnrolLeadResponse,
    summary: 'Put a lead into a sequence by hand; it leaves the one that it is in',
    rest: { route: 'POST /api/v1/sequences/:sequence_id/people', status: 201, tag: 'journeys' },
    goesOutside: true,
    needsPerson: { for: 'message' },
  })
  async enrol(
    { sequence_id, lead_id }: EnrolLeadRequest,
    { unit, now, principal }: CommandContext,
  ): Promise<EnrolLeadResponse> {
    const lead = await this.leads.lock(unit, lead_id);
    if (!lead) throw notFound('lead', lead_id);
    if (hasEnded(lead))
      throw conflict('lead_ended', `the lead "${lead_id}" is ${lead.flow_state}: there is nobody to engage`);
    const by = { by: principal.id, isByHand: true };
    const result = await this.entries.enterSequence(unit, lead, sequence_id, by, now);
    if (!result) throw notFound('published sequence', sequence_id);
    return { sequence_id, lead_id, ...toOutcome(result) };
  }
}

function toOutcome(result: StepResult): Pick<EnrolLeadResponse, 'outcome' | 'reason' | 'message_id'> {
  switch (result.outcome) {
    case 'message':
      return { outcome: 'message', reason: null, message_id: result.messageId };
    case 'engaged': {
      const { message, decision } = result.engaged;
      return message
        ? { outcome: 'message', reason: null, message_id: message.message_id }
        : { outcome: 'ends', reason: decision.reasons[0] ?? decision.choice, message_id: null };
    }
    default:
      return { outcome: result.outcome, reason: result.reason, message_id: null };
  }
}
