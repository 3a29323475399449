import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { CampaignOptimizationModule } from './agents/campaign-optimization/index.js';
import { EngagementModule } from './agents/engagement/index.js';
import { LeadTriageModule } from './agents/lead-triage/index.js';
import { AuthModule } from './auth/index.js';
import { type Clock, ConfigModule, type Settings } from './config/index.js';
import { CrmModule } from './crm/index.js';
import { DashboardModule } from './dashboard/index.js';
import { DatabaseModule } from './database/index.js';
import { DatasetModule } from './dataset/index.js';
import { DecisionsModule } from './decisions/index.js';
import { A2aModule } from './doors/a2a/index.js';
import { EventsModule } from './doors/events/index.js';
import { McpModule } from './doors/mcp/index.js';
import { RestModule } from './doors/rest/index.js';
import { RpcModule } from './doors/rpc/index.js';
import { SystemModule } from './doors/system/index.js';
import { InboxModule } from './inbox/index.js';
import { LiveEventsModule } from './live-events/index.js';
import { MemoryModule } from './memory/index.js';
import { OperationsModule } from './operations/index.js';
import { OrchestratorModule } from './orchestrator/index.js';
import { OutboundModule } from './outbound/index.js';
import { OutreachModule } from './outreach/index.js';
import { QueueModule } from './queue/index.js';
import { TelemetryModule } from './telemetry/index.js';
import { TestClockModule } from './test-clock/index.js';

/** The composition root: the only file that knows every module. */
@Module({})
export class AppModule {
  static with(settings: Settings, clock?: Clock, beside: Type[] = []): DynamicModule {
    const modules = [
      ConfigModule.with(settings, clock),
      TelemetryModule,
      DatabaseModule,
      QueueModule,
      OperationsModule,
      LiveEventsModule,
      OutboundModule,
      AuthModule,
      CrmModule,
      MemoryModule,
      DecisionsModule,
      OutreachModule,
      InboxModule,
      LeadTriageModule,
      EngagementModule,
      CampaignOptimizationModule,
      OrchestratorModule,
      DatasetModule,
      RpcModule,
      McpModule,
      A2aModule,
      EventsModule,
      SystemModule,
      DashboardModule,
      ...(settings.testClock === undefined ? [] : [TestClockModule]),
      ...beside,
    ];
    return { module: AppModule, imports: [...modules, RestModule.over(modules)] };
  }
}
