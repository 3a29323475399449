import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Leads } from '../../crm/index.js';
import { Database } from '../../database/index.js';
import { AppError, conflict, invalid, notFound } from '../../errors/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { type CommandContext, Operation, checkVersion } from '../../operations/index.js';
import { BlockingCases, Messages, Outreach, originOf } from '../../outreach/index.js';
import { type Channel, CHANNEL, CHANNELS } from '../../vocabulary/index.js';
import { lockUnresolved } from '../escalations/case-rows.js';
import type { Escalation } from '../escalations/escalation.entity.js';
import { EscalationIdRequest } from '../escalations/escalation-id.dto.js';
import { escalationLiveEvent } from '../inbox-events.js';
import { requirePerson } from '../require-person.js';
import { CaseDraft } from './case-draft.entity.js';
import { DraftResponse, SaveDraftRequest, SendDraftRequest, UNDO_MS, toDraftResponse } from './drafts.dto.js';

/**
 * The answer to a case that a team writes together: a row with a version, which is sent once, waits ten seconds for
 * second thoughts, and passes the gate although the case is open, for it is the case's own answer.
 */
@Injectable()
export class DraftsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly leads: Leads,
    private readonly outreach: Outreach,
    private readonly messages: Messages,
    private readonly blocking: BlockingCases,
    private readonly liveEvents: LiveEvents,
  ) {}

  onModuleInit(): void {
    this.blocking.registerAnswers(async (reader, messageId) => {
      return (await reader.of(CaseDraft).count({ message_id: messageId })) > 0;
    });
  }

  @Operation({
    name: 'draft.get',
    permission: 'approvals:read',
    kind: 'query',
    request: EscalationIdRequest,
    response: DraftResponse,
    summary: 'The answer to a case that the team writes',
    rest: { route: 'GET /api/v1/escalations/:escalation_id/draft', hasEtag: true, tag: 'inbox' },
  })
  async get({ escalation_id }: EscalationIdRequest): Promise<DraftResponse> {
    const draft = await this.database.of(CaseDraft).get(escalation_id);
    if (!draft) throw notFound('draft', escalation_id);
    return toDraftResponse(draft);
  }

  @Operation({
    name: 'draft.save',
    permission: 'approvals:decide',
    kind: 'command',
    request: SaveDraftRequest,
    response: DraftResponse,
    summary: 'Write the answer to a case; refused where somebody else has written since it was read',
    rest: { route: 'PUT /api/v1/escalations/:escalation_id/draft', hasEtag: true, tag: 'inbox' },
    audience: 'person',
  })
  async save(
    { escalation_id, channel, subject = null, body, version }: SaveDraftRequest,
    context: CommandContext,
  ): Promise<DraftResponse> {
    const { unit, principal, now, ifMatch } = context;
    // the If-Match is the draft's, not the case's
    const escalation = await lockUnresolved(escalation_id, { ...context, ifMatch: '*' });
    const lead = escalation.lead_id === null ? undefined : await this.leads.get(unit, escalation.lead_id);
    if (!lead) throw conflict('no_lead', 'the case is about no lead: there is nobody to write to');
    const [before] = await unit.of(CaseDraft).find({ escalation_id }, { lock: true });
    if (before) {
      requireVersion(before, ifMatch, version);
      refuseSent(before);
    }
    const written: CaseDraft = {
      escalation_id,
      lead_id: lead.lead_id,
      channel: channel ?? before?.channel ?? reachableBy(lead),
      subject,
      body,
      edited_by: principal.id,
      edited_at: now,
      sent_by: null,
      sent_at: null,
      message_id: null,
      created_at: before?.created_at ?? now,
      version: (before?.version ?? 0) + 1,
    };
    await unit.of(CaseDraft).upsert(written);
    return this.told(unit, escalation, written);
  }

  @Operation({
    name: 'draft.send',
    permission: 'approvals:decide',
    kind: 'command',
    request: SendDraftRequest,
    response: DraftResponse,
    summary: 'Send the answer to a case, once; it leaves after ten seconds, in which it can be taken back',
    rest: { route: 'POST /api/v1/escalations/:escalation_id/draft/send', hasEtag: true, tag: 'inbox' },
    audience: 'person',
    goesOutside: true,
  })
  async send({ escalation_id, version }: SendDraftRequest, context: CommandContext): Promise<DraftResponse> {
    const { unit, principal, now, ifMatch } = context;
    const escalation = await lockUnresolved(escalation_id, { ...context, ifMatch: '*' });
    const draft = await lockDraft(unit, escalation_id);
    refuseSent(draft);
    requireVersion(draft, ifMatch, version);
    const [message] = await this.outreach.plan(unit, [
      {
        lead_id: draft.lead_id,
        channel: draft.channel,
        subject: draft.subject,
        body: draft.body,
        origin: originOf(principal),
        planned_for: new Date(Date.parse(now) + UNDO_MS).toISOString(),
        campaign_id: escalation.campaign_id,
        conversation_id: escalation.conversation_id,
        expected_value: escalation.worth,
        idempotency_key: `case:${escalation_id}:${draft.version}`,
      },
    ]);
    const sent = { sent_by: principal.id, sent_at: now, message_id: message!.message_id, version: draft.version + 1 };
    await unit.of(CaseDraft).update({ escalation_id }, sent);
    return this.told(unit, escalation, { ...draft, ...sent });
  }

  @Operation({
    name: 'draft.take_back',
    permission: 'approvals:decide',
    kind: 'command',
    request: EscalationIdRequest,
    response: DraftResponse,
    summary: 'Take the answer to a case back that has not left yet',
    rest: { route: 'POST /api/v1/escalations/:escalation_id/draft/take-back', hasEtag: true, tag: 'inbox' },
    audience: 'person',
  })
  async takeBack({ escalation_id }: EscalationIdRequest, context: CommandContext): Promise<DraftResponse> {
    const { unit, principal } = context;
    requirePerson(principal);
    const draft = await lockDraft(unit, escalation_id);
    if (draft.message_id === null) throw conflict('draft_not_sent', 'this draft has not been sent');
    const message = await this.messages.lock(unit, draft.message_id);
    if (message?.status !== 'planned' && message?.status !== 'held')
      throw conflict('draft_has_left', `it is too late: the message is ${message?.status ?? 'gone'}`);
    await this.outreach.cancelOne(unit, draft.message_id, `${originOf(principal)} took it back`);
    const back = { sent_by: null, sent_at: null, message_id: null, version: draft.version + 1 };
    await unit.of(CaseDraft).update({ escalation_id }, back);
    const escalation = await lockUnresolved(escalation_id, { ...context, ifMatch: '*' });
    return this.told(unit, escalation, { ...draft, ...back });
  }

  private told(unit: CommandContext['unit'], escalation: Escalation, draft: CaseDraft): DraftResponse {
    const { version, edited_by, sent_by } = draft;
    this.liveEvents.publish(
      unit,
      escalationLiveEvent('escalation.drafted', escalation, { draft_version: version, edited_by, sent_by }),
    );
    return toDraftResponse(draft);
  }
}

async function lockDraft(unit: CommandContext['unit'], escalationId: string): Promise<CaseDraft> {
  const [draft] = await unit.of(CaseDraft).find({ escalation_id: escalationId }, { lock: true });
  if (!draft) throw notFound('draft', escalationId);
  return draft;
}

function requireVersion(draft: CaseDraft, ifMatch: string | undefined, version: number | undefined): void {
  const read = ifMatch ?? (version === undefined ? undefined : `"${version}"`);
  if (read === undefined)
    throw new AppError(
      'precondition',
      'version_needed',
      `If-Match: say which version you have read ("${draft.version}" is current)`,
    );
  checkVersion(read, draft.version);
}

function refuseSent({ sent_by, sent_at }: CaseDraft): void {
  if (sent_at !== null) throw conflict('draft_sent', `${sent_by} sent this draft at ${sent_at}`);
}

/** @throws AppError invalid for a lead without any address */
function reachableBy(lead: { email: string | null; phone: string | null }): Channel {
  const channel = CHANNELS.find((each) => lead[CHANNEL[each].address]);
  if (!channel) throw invalid('channel', 'the lead has no address on any channel');
  return lead.email ? 'Email' : channel;
}
