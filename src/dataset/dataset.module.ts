import { Module } from '@nestjs/common';
import { DatasetRows } from './dataset.rows.js';
import { DatasetExporter } from './dataset-exporter.js';
import { DemoData } from './demo-data.js';
import { ImportModule } from './import/index.js';

@Module({
  imports: [ImportModule],
  providers: [DatasetRows, DatasetExporter, DemoData],
  exports: [ImportModule, DatasetExporter, DemoData],
})
export class DatasetModule {}
