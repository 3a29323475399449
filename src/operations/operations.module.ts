import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MarkedMethodsModule } from '../discovery/index.js';
import { AuditService } from './audit/audit.service.js';
import { AuditEntry } from './audit/audit-entry.entity.js';
import { IdempotencyRecord } from './idempotency-record.entity.js';
import { JOURNAL_TABLES } from './journal/journal-tables.js';
import { Journal } from './journal/journal.js';
import { Listeners } from './listeners.js';
import { OperationBus } from './operation-bus.js';
import { OperationRegistry } from './operation-registry.js';
import { OperationsRows } from './operations.rows.js';
import { ResourcePort } from './resource-port.js';
import { StorageService } from './storage.service.js';

const ENTITIES = [AuditEntry, IdempotencyRecord, ...Object.values(JOURNAL_TABLES)];

@Global()
@Module({
  imports: [MarkedMethodsModule, TypeOrmModule.forFeature(ENTITIES)],
  providers: [
    AuditService,
    Listeners,
    OperationRegistry,
    OperationBus,
    Journal,
    OperationsRows,
    ResourcePort,
    StorageService,
  ],
  exports: [Listeners, OperationRegistry, OperationBus, Journal, ResourcePort],
})
export class OperationsModule {}
