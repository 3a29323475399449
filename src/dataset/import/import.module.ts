import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AsOfModule } from '../../as-of/index.js';
import { DatasetImporter } from './dataset-importer.js';
import { ImportFile } from './import-file.entity.js';

/** The importer alone: it needs the database and nothing else of the server, so that `herald import` is soon there. */
@Module({
  imports: [TypeOrmModule.forFeature([ImportFile]), AsOfModule],
  providers: [DatasetImporter],
  exports: [DatasetImporter, AsOfModule],
})
export class ImportModule {}
