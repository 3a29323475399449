import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { DEMO_WORLD } from '../../seeds/demo-world.js';
import { Clock, Settings } from '../config/index.js';
import { Database } from '../database/index.js';
import { Log } from '../telemetry/index.js';
import { DATASET_TABLES } from './dataset-tables.js';
import { generateDataset } from './generator/generate-dataset.js';
import { lastFullDay } from './generator/calendar.js';
import { DatasetImporter, type ImportReport } from './import/index.js';

/** Something to look at on the first start: a small generated data set, taken in by the same importer as any other. */
@Injectable()
export class DemoData {
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly importer: DatasetImporter,
    private readonly log: Log,
  ) {}

  /**
   * Loads the demo data if the settings want it and there is no lead yet. @returns what went in, or undefined if
   * nothing was to do
   */
  async loadIfEmpty(): Promise<ImportReport | undefined> {
    if (!this.settings.isDemo || (await this.database.of(DATASET_TABLES.leads).find({}, { limit: 1 })).length > 0)
      return undefined;
    const folder = await mkdtemp(join(tmpdir(), 'herald-demo-'));
    try {
      await generateDataset(folder, { ...DEMO_WORLD, end: lastFullDay(this.clock.now()) });
      const report = await this.importer.import(folder);
      this.log.info({ rows: report.rows_inserted, duration_ms: report.duration_ms }, 'demo data loaded');
      return report;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
