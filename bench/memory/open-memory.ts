import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, Settings } from '../../src/config/index.js';
import { Database, DatabaseModule, UnitOfWork } from '../../src/database/index.js';
import { MemoryModule, MemoryService } from '../../src/memory/index.js';
import { LiveEventsModule } from '../../src/live-events/index.js';
import { OperationBus, OperationsModule, type Principal } from '../../src/operations/index.js';
import { QueueModule } from '../../src/queue/index.js';
import { TelemetryModule } from '../../src/telemetry/index.js';

const CALLER: Principal = { id: 'bench', kind: 'user', name: 'bench', scopes: new Set(['*']) };

export interface OpenMemory {
  readonly memory: MemoryService;
  readonly database: Database;
  readonly units: UnitOfWork;
  /** An operation as every door calls it: permission, validation, then the work. */
  call<T extends object>(operation: string, input: object): Promise<T>;
  get<T>(provider: Type<T>): T;
  close(): Promise<void>;
}

/**
 * The memory module over a data folder, with the settings that a server has by default and nothing else of the
 * server.
 */
export async function openMemory(dataDir: string): Promise<OpenMemory> {
  const config = ConfigModule.with(new Settings({ HERALD_DATA_DIR: dataDir, LOG_LEVEL: 'silent' }, 'off'));
  const module = {
    module: class Bench {},
    imports: [config, TelemetryModule, DatabaseModule, QueueModule, OperationsModule, LiveEventsModule, MemoryModule],
  };
  const context = await NestFactory.createApplicationContext(module, { logger: false });
  const [memory, database, units, bus] = [
    context.get(MemoryService),
    context.get(Database),
    context.get(UnitOfWork),
    context.get(OperationBus),
  ];
  return {
    memory,
    database,
    units,
    call: (operation, input) => bus.call(operation, input, { principal: CALLER }),
    get: (provider) => context.get(provider, { strict: false }),
    close: () => context.close(),
  };
}

/** What this process holds in memory now, as a note of a report. */
export function residentNote(): string {
  return `${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB resident at the end, the bench itself included`;
}
