import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../../auth/index.js';
import { WireModule } from '../wire/index.js';
import { Changes } from './changes/changes.js';
import { SilentAddresses } from './changes/silent-addresses.js';
import { FixturesOffering } from './fixtures/fixtures-offering.js';
import { McpController } from './http/mcp.controller.js';
import { McpEndpoint } from './http/mcp-endpoint.js';
import { McpHttpFilter } from './http/mcp-http.filter.js';
import { McpHandlers } from './mcp-handlers.js';
import { McpServerFactory } from './mcp-server-factory.js';
import { ResourceMetadataController } from './oauth/resource-metadata.controller.js';
import { Offerings } from './offerings.js';
import { WorkPrompts } from './prompts/work-prompts.js';
import { ListedItems } from './resources/listed-items.js';
import { OfferedResources } from './resources/offered-resources.js';
import { PortResources } from './resources/port-resources.js';
import { ScopeChallenges } from './scope-challenges.js';
import { McpSessions } from './sessions/mcp-sessions.js';
import { McpRows } from './mcp.rows.js';
import { CallTask } from './tasks/call-task.entity.js';
import { CallTasks } from './tasks/call-tasks.js';
import { TaskQuestions } from './tasks/task-questions.js';
import { ConfirmedCalls } from './tools/confirmed-calls.js';
import { OperationTools } from './tools/operation-tools.js';
import { TaskedCalls } from './tools/tasked-calls.js';

/** The Model Context Protocol at /mcp, revisions 2026-07-28 and 2025-11-25 on the same address. */
@Module({
  imports: [AuthModule, WireModule, TypeOrmModule.forFeature([CallTask])],
  controllers: [McpController, ResourceMetadataController],
  providers: [
    Offerings,
    OperationTools,
    ConfirmedCalls,
    TaskedCalls,
    CallTasks,
    McpRows,
    TaskQuestions,
    PortResources,
    ListedItems,
    OfferedResources,
    SilentAddresses,
    Changes,
    WorkPrompts,
    FixturesOffering,
    McpHandlers,
    ScopeChallenges,
    McpServerFactory,
    McpSessions,
    McpEndpoint,
    McpHttpFilter,
  ],
  exports: [McpServerFactory],
})
export class McpModule {}
