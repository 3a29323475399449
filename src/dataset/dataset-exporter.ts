import { mkdir } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/index.js';
import { auditedRequests } from '../operations/index.js';
import type { Row } from './cell-codec.js';
import { DATASET_FILES, type DatasetFile } from './dataset-files.js';
import { DATASET_TABLES } from './dataset-tables.js';
import { DatasetFileWriter } from './dataset-writer.js';

export interface ExportOptions {
  /**
   * Also writes the key column that Herald adds where the data set has none. With it an export can be imported into the
   * database that it came from without doubling Herald's own rows.
   */
  readonly withKeys?: boolean;
  readonly onProgress?: (file: string, rows: number) => void;
}

export interface ExportReport {
  readonly folder: string;
  /** Rows by file name. */
  readonly rows: Record<string, number>;
}

const PAGE_ROWS = 2000;

/** Writes the 18 files from the database; importing them elsewhere gives the same rows. */
@Injectable()
export class DatasetExporter {
  constructor(private readonly database: Database) {}

  /** Files that stand in the folder are overwritten. Rows that are written meanwhile may or may not be in it. */
  async exportDataset(folder: string, options: ExportOptions = {}): Promise<ExportReport> {
    await mkdir(folder, { recursive: true });
    const rows: Record<string, number> = {};
    for (const file of DATASET_FILES) rows[file.file] = await this.exportFile(folder, file, options);
    return { folder, rows };
  }

  private async exportFile(
    folder: string,
    file: DatasetFile,
    { withKeys, onProgress }: ExportOptions,
  ): Promise<number> {
    const entity: new () => object = DATASET_TABLES[file.table];
    const writer = await DatasetFileWriter.open(folder, file, { withKey: withKeys });
    try {
      let cursor: string | undefined;
      do {
        const page = await this.database.of(entity).page({ limit: PAGE_ROWS, cursor });
        for (const row of page.items as Row[]) {
          // what Herald counts in one row was several, and a key names one
          const times = withKeys ? 1 : Number(row.times ?? 1);
          for (let each = 0; each < times; each++) writer.add(row);
        }
        await writer.flush();
        onProgress?.(file.file, writer.rows);
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined);
      if (file.table === 'transport_http_requests')
        for await (const requests of auditedRequests(this.database)) {
          for (const request of requests) writer.add({ ...request });
          await writer.flush();
        }
    } finally {
      await writer.close();
    }
    return writer.rows;
  }
}
