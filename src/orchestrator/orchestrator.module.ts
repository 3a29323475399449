import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CampaignOptimizationModule } from '../agents/campaign-optimization/index.js';
import { EngagementModule } from '../agents/engagement/index.js';
import { LeadTriageModule } from '../agents/lead-triage/index.js';
import { AsOfModule } from '../as-of/index.js';
import { CrmModule } from '../crm/index.js';
import { DecisionsModule } from '../decisions/index.js';
import { MemoryModule } from '../memory/index.js';
import { OutreachModule } from '../outreach/index.js';
import { ChannelRefusals } from './channel-refusals.js';
import { ConversionOutcomes } from './conversion-outcomes.js';
import { EngagementEpisodes } from './engagement/engagement-episodes.js';
import { EngagementService } from './engagement/engagement.service.js';
import { LeadEngagement } from './engagement/lead-engagement.js';
import { EscalationFlow } from './escalation-flow.js';
import { AgentFacts } from './facts/agent-facts.js';
import { FactFaces } from './facts/fact-faces.js';
import { Playbooks } from './facts/playbooks.js';
import { PortfolioRatesReader } from './facts/portfolio-rates.js';
import { HandoffsRows } from './handoffs/handoffs.rows.js';
import { LeadContexts } from './facts/lead-context.js';
import { HandoffContext } from './handoffs/handoff-context.js';
import { HandoffDelivery } from './handoffs/handoff-delivery.js';
import { HandoffReceivers } from './handoffs/handoff-receivers.js';
import { Handoff } from './handoffs/handoff.entity.js';
import { HandoffsService } from './handoffs/handoffs.service.js';
import { Handoffs } from './handoffs/handoffs.js';
import { InboxModule } from '../inbox/index.js';
import { LeadCases } from './lead-cases.js';
import { JourneysModule } from '../journeys/index.js';
import { CampaignJourneys } from './journeys/campaign-journeys.js';
import { DueSteps } from './journeys/due-steps.js';
import { JourneyAudit } from './journeys/journey-audit.js';
import { JourneyCases } from './journeys/journey-cases.js';
import { JourneyListeners } from './journeys/journey-listeners.js';
import { SequenceEnrolService } from './journeys/sequence-enrol.service.js';
import { SequenceEntries } from './journeys/sequence-entries.js';
import { SequenceSteps } from './journeys/sequence-steps.js';
import { LeadTriageJobs } from './triage/lead-triage-jobs.js';
import { MemoryObservations } from './memory-observations.js';
import { MessageOutcomes } from './message-outcomes.js';
import { CampaignCases } from './optimization/campaign-cases.js';
import { CampaignChanges } from './optimization/campaign-changes.js';
import { CampaignOutcomes } from './optimization/campaign-outcomes.js';
import { CampaignSignals } from './optimization/campaign-signals.js';
import { OptimizationService } from './optimization/optimization.service.js';
import { OverviewService } from './overview/overview.service.js';
import { PerformanceService } from './overview/performance.service.js';
import { VocabularyService } from './overview/vocabulary.service.js';
import { QueueInspectionModule } from './queue-inspection/queue-inspection.module.js';
import { RecommendationService } from './recommend/recommendation.service.js';
import { FlowRun } from './run/flow-run.js';
import { AttentionDay } from './triage/attention-day.entity.js';
import { Attention } from './triage/attention.js';
import { ReadReplies } from './triage/read-replies.js';
import { TriageRows } from './triage/triage.rows.js';
import { TriageService } from './triage/triage.service.js';
import { LeadConsequences } from './undo/lead-consequences.js';
import { UndoActions } from './undo/undo-actions.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Handoff, AttentionDay]),
    AsOfModule,
    CrmModule,
    MemoryModule,
    DecisionsModule,
    OutreachModule,
    LeadTriageModule,
    EngagementModule,
    CampaignOptimizationModule,
    InboxModule,
    JourneysModule,
    QueueInspectionModule,
  ],
  providers: [
    FactFaces,
    AgentFacts,
    LeadContexts,
    PortfolioRatesReader,
    Playbooks,
    Attention,
    TriageRows,
    ReadReplies,
    TriageService,
    LeadTriageJobs,
    EngagementService,
    LeadEngagement,
    SequenceSteps,
    SequenceEntries,
    SequenceEnrolService,
    DueSteps,
    CampaignJourneys,
    JourneyCases,
    JourneyListeners,
    JourneyAudit,
    EngagementEpisodes,
    CampaignOutcomes,
    RecommendationService,
    Handoffs,
    HandoffsService,
    HandoffReceivers,
    HandoffDelivery,
    HandoffContext,
    CampaignCases,
    CampaignChanges,
    CampaignSignals,
    OptimizationService,
    LeadCases,
    EscalationFlow,
    HandoffsRows,
    ChannelRefusals,
    MessageOutcomes,
    MemoryObservations,
    ConversionOutcomes,
    OverviewService,
    PerformanceService,
    VocabularyService,
    FlowRun,
    UndoActions,
    LeadConsequences,
  ],
  exports: [AgentFacts, FlowRun, HandoffReceivers],
})
export class OrchestratorModule {}
