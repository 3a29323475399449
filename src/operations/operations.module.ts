import { Global, Module } from '@nestjs/common';
import { APP_FILTER, DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditEntry } from './audit-entry.entity.js';
import { CallTask } from './call-tasks/call-task.entity.js';
import { CallTasks } from './call-tasks/call-tasks.js';
import { IdempotencyRecord } from './idempotency-record.entity.js';
import { Journal } from './journal/journal.js';
import {
  McpJsonrpcCall,
  McpResourceAccess,
  TransportHttpRequest,
  TransportWebsocketSession,
} from './journal/transport.entities.js';
import { EventResource } from './live-events/event-resource.js';
import { EventSweep } from './live-events/event-sweep.js';
import { LiveEventRow } from './live-events/live-event-row.entity.js';
import { LiveEvents } from './live-events/live-events.js';
import { LiveEventsService } from './live-events/live-events.service.js';
import { OperationBus } from './operation-bus.js';
import { OperationRegistry } from './operation-registry.js';
import { OutboundGuard } from './outbound/outbound-guard.js';
import { ResourcePort } from './resource-port.js';
import { ProblemFilter } from './rest/problem.filter.js';

const ENTITIES = [
  AuditEntry,
  CallTask,
  IdempotencyRecord,
  LiveEventRow,
  McpJsonrpcCall,
  McpResourceAccess,
  TransportHttpRequest,
  TransportWebsocketSession,
];

@Global()
@Module({
  imports: [DiscoveryModule, TypeOrmModule.forFeature(ENTITIES)],
  providers: [
    OperationRegistry,
    OperationBus,
    CallTasks,
    Journal,
    LiveEvents,
    LiveEventsService,
    EventSweep,
    EventResource,
    OutboundGuard,
    ResourcePort,
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [OperationRegistry, OperationBus, CallTasks, Journal, LiveEvents, OutboundGuard, ResourcePort],
})
export class OperationsModule {}
