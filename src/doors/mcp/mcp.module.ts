import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../../auth/index.js';
import { WireModule } from '../wire/index.js';
import { Changes, SilentAddresses } from './changes/changes.js';
import { McpEndpoint } from './http/mcp-endpoint.js';
import { McpHttpFilter } from './http/mcp-http.filter.js';
import { McpController } from './http/mcp.controller.js';
import { McpHandlers } from './mcp-handlers.js';
import { McpServerFactory } from './mcp-server-factory.js';
import { McpRows } from './mcp.rows.js';
import { ResourceMetadataController } from './oauth/resource-metadata.js';
import { Offerings } from './offerings.js';
import { WorkPrompts } from './prompts/work-prompts.js';
import { ListedItems, OfferedResources } from './resources/offered-resources.js';
import { PortResources } from './resources/port-resources.js';
import { ScopeChallenges } from './scope-challenges.js';
import { McpSessions } from './sessions/mcp-sessions.js';
import { CallTask } from './tasks/call-task.entity.js';
import { CallTasks } from './tasks/call-tasks.js';
import { TaskQuestions } from './tasks/task-answers.js';
import { OperationTools } from './tools/operation-tools.js';
import { ConfirmedCalls, TaskedCalls } from './tools/tool-calls.js';

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
    McpHandlers,
    ScopeChallenges,
    McpServerFactory,
    McpSessions,
    McpEndpoint,
    McpHttpFilter,
  ],
  exports: [McpServerFactory, Offerings, CallTasks, TaskQuestions],
})
export class McpModule {}
