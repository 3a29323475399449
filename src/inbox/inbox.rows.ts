import { Injectable } from '@nestjs/common';
import { KeepsRows, type RowKeeper, type Reader, type SqlRow, type Unit, not, nameOfLead } from '../database/index.js';
import { Approval } from './approvals/approval.entity.js';
import { OPERATION_CALL } from './approvals/requested-calls.js';
import { Escalation } from './escalations/escalation.entity.js';
import { Notification } from './notifications/notification.entity.js';
import { NotificationRule } from './notifications/notification-rule.entity.js';
import { CaseDraft } from './team/case-draft.entity.js';
import { CaseLook } from './team/case-look.entity.js';
import { CaseNote } from './team/case-note.entity.js';
import { Deputy } from './team/deputy.entity.js';
import { SavedReply } from './team/saved-reply.entity.js';

const STAFF = { none: 'those who work with Herald, who are no leads' };

@Injectable()
@KeepsRows([
  {
    table: Escalation,
    holds: 'a case that waits for a person, or its answer',
    keeps: { days: 'case', after: 'created_at', when: `status = 'resolved'` },
    lead: { by: 'lead_id' },
  },
  {
    table: Approval,
    holds: "an effect that waits for a person's yes, or its answer",
    keeps: { days: 'case', after: 'created_at', when: `status <> 'pending'` },
    lead: {
      keeper: 'by the index on its lead; a call that was asked for, such as for the erasure, stays without the name',
    },
  },
  {
    table: CaseNote,
    holds: 'what the team wrote beside a case',
    keeps: { days: 'case', after: 'created_at' },
    lead: { by: 'lead_id' },
  },
  {
    table: CaseDraft,
    holds: 'the answer to a case that the team writes',
    keeps: { days: 'case', after: 'edited_at' },
    lead: { by: 'lead_id' },
  },
  {
    table: Notification,
    holds: 'what is to be told to somebody of the team, or was',
    keeps: { days: 'journal', after: 'created_at' },
    lead: { by: 'lead_id' },
  },
  {
    table: CaseLook,
    holds: 'who looks at a case now',
    keeps: { days: 'session', after: 'until' },
    lead: { none: 'ids of cases and of users' },
  },
  { table: Deputy, holds: 'who stands in for whom', keeps: { days: 'case', after: 'until' }, lead: STAFF },
  { table: SavedReply, holds: 'an answer that the team keeps', keeps: { until: 'somebody drops it' }, lead: STAFF },
  {
    table: NotificationRule,
    holds: 'who is told of what comes into the inbox',
    keeps: { until: 'somebody drops it' },
    lead: STAFF,
  },
])
export class InboxRows implements RowKeeper {
  async eraseLead(unit: Unit, leadId: string): Promise<boolean> {
    const approvals = unit.of(Approval);
    await approvals.delete({ lead_id: leadId, kind: not(OPERATION_CALL) });
    for (const { approval_id, title, effect, evidence, blast_radius } of await approvals.find({ lead_id: leadId })) {
      const unnamed = <T>(value: T): T =>
        JSON.parse(JSON.stringify(value).replace(nameOfLead(leadId), `forgotten-${approval_id}`)) as T;
      const patch = unnamed({ title, effect, evidence, blast_radius });
      await approvals.update({ approval_id }, { ...patch, lead_id: null });
    }
    return false;
  }

  async exportLead(reader: Reader, leadId: string): Promise<Record<string, readonly SqlRow[]>> {
    return { approvals: (await reader.of(Approval).find({ lead_id: leadId })) as unknown as SqlRow[] };
  }
}
