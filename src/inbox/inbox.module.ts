import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { InboxRows } from './inbox.rows.js';
import { PeopleModule } from '../auth/index.js';
import { CrmModule } from '../crm/index.js';
import { DecisionsModule } from '../decisions/index.js';
import { OutreachModule } from '../outreach/index.js';
import { Approval } from './approvals/approval.entity.js';
import { ApprovalsService } from './approvals/approvals.service.js';
import { EffectRegistry } from './approvals/effect-registry.js';
import { RequestedCalls } from './approvals/requested-calls.js';
import { Escalation } from './escalations/escalation.entity.js';
import { EscalationsService } from './escalations/escalations.service.js';
import { OpenCasesBlock } from './escalations/open-cases-block.js';
import { ResolutionRegistry } from './escalations/resolution-registry.js';
import { InboxSweep } from './inbox-sweep.js';
import { NextSweep } from './next-sweep.js';
import { InboxService } from './inbox.service.js';
import { CasesOfDecisions } from './escalations/cases-of-decisions.js';
import { CasesOfMessages } from './escalations/cases-of-messages.js';
import { Inbox } from './inbox.js';
import { DailyDigest } from './notifications/daily-digest.js';
import { Notices } from './notifications/notices.js';
import { NoticeWires } from './notifications/notice-wires.js';
import { Notifications } from './notifications/notifications.js';
import { Notification } from './notifications/notification.entity.js';
import { NotificationRule } from './notifications/notification-rule.entity.js';
import { NotificationRulesService } from './notifications/rules.service.js';
import { Teller } from './notifications/teller.js';
import { AnswerWakes } from './team/answer-wakes.js';
import { CaseDraft } from './team/case-draft.entity.js';
import { CaseLook } from './team/case-look.entity.js';
import { CaseNote } from './team/case-note.entity.js';
import { CaseWorkService } from './team/case-work.service.js';
import { DeputiesService } from './team/deputies.service.js';
import { Deputy } from './team/deputy.entity.js';
import { DraftsService } from './team/drafts.service.js';
import { SavedRepliesService } from './team/saved-replies.service.js';
import { SavedReply } from './team/saved-reply.entity.js';

const ENTITIES = [
  ...[Approval, Escalation, CaseNote, CaseLook, CaseDraft, Deputy, SavedReply],
  ...[NotificationRule, Notification],
];

@Module({
  imports: [TypeOrmModule.forFeature(ENTITIES), DecisionsModule, CrmModule, OutreachModule, PeopleModule],
  providers: [
    InboxRows,
    Inbox,
    CasesOfDecisions,
    CasesOfMessages,
    InboxSweep,
    NextSweep,
    InboxService,
    EscalationsService,
    OpenCasesBlock,
    CaseWorkService,
    DeputiesService,
    DraftsService,
    SavedRepliesService,
    AnswerWakes,
    ApprovalsService,
    RequestedCalls,
    Notifications,
    NotificationRulesService,
    Notices,
    NoticeWires,
    Teller,
    DailyDigest,
    EffectRegistry,
    ResolutionRegistry,
  ],
  exports: [Inbox, CasesOfDecisions, InboxSweep, EffectRegistry, ResolutionRegistry],
})
export class InboxModule {}
