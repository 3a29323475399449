import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ConfigModule, FixedClock, Settings } from '../src/config/index.js';
import { DatabaseModule } from '../src/database/index.js';
import { TelemetryModule } from '../src/telemetry/index.js';
import { DATASET_TABLES } from '../src/dataset/dataset-tables.js';
import { DatasetModule } from '../src/dataset/index.js';

/** The dataset module over a SQLite database of its own, for tests. */
export async function startDatasetApp(environment: NodeJS.ProcessEnv = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'herald-dataset-'));
  const settings = new Settings({ HERALD_DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'silent', ...environment });
  const app = await Test.createTestingModule({
    imports: [
      ConfigModule.with(settings, new FixedClock('2026-03-02T10:00:00.000Z')),
      TelemetryModule,
      DatabaseModule,
      TypeOrmModule.forFeature(Object.values(DATASET_TABLES)),
      DatasetModule,
    ],
  }).compile();
  await app.init();
  return {
    app,
    /** An empty folder for files. */
    folder,
    async close(): Promise<void> {
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
