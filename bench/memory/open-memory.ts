import { NestFactory } from '@nestjs/core';
import { ConfigModule, Settings } from '../../src/config/index.js';
import { Database, DatabaseModule, UnitOfWork } from '../../src/database/index.js';
import { MemoryModule, MemoryService } from '../../src/memory/index.js';
import { OperationsModule } from '../../src/operations/index.js';
import { QueueModule } from '../../src/queue/index.js';
import { TelemetryModule } from '../../src/telemetry/index.js';

export interface OpenMemory {
  readonly memory: MemoryService;
  readonly database: Database;
  readonly units: UnitOfWork;
  close(): Promise<void>;
}

/** The memory module over a data folder, with the settings that a server has by default and nothing else of the server. */
export async function openMemory(dataDir: string): Promise<OpenMemory> {
  const config = ConfigModule.with(new Settings({ HERALD_DATA_DIR: dataDir, LOG_LEVEL: 'silent' }, 'off'));
  const module = { module: class Bench {}, imports: [config, TelemetryModule, DatabaseModule, QueueModule, OperationsModule, MemoryModule] };
  const context = await NestFactory.createApplicationContext(module, { logger: false });
  const [memory, database, units] = [context.get(MemoryService), context.get(Database), context.get(UnitOfWork)];
  return { memory, database, units, close: () => context.close() };
}
