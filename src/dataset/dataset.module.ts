import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DatasetRows } from './dataset.rows.js';
import { DatasetExporter } from './dataset-exporter.js';
import { DatasetImporter } from './dataset-importer.js';
import { DemoData } from './demo-data.js';
import { ImportFile } from './import-file.entity.js';

@Module({
  imports: [TypeOrmModule.forFeature([ImportFile])],
  providers: [DatasetRows, DatasetImporter, DatasetExporter, DemoData],
  exports: [DatasetImporter, DatasetExporter, DemoData],
})
export class DatasetModule {}
