import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Settings } from '../config/index.js';
import { ChangedLead } from './changed-leads.js';
import { dataSourceOptions } from './data-source.js';
import { Database } from './database.js';
import { DatabaseRows } from './database.rows.js';
import { Figure, FigureChange } from './figures.js';
import { openDataSource } from './open-data-source.js';
import { Retention } from './retention.js';
import { RowKeepers } from './row-keepers.js';
import { UnitOfWork } from './unit-of-work.js';

@Global()
@Module({
  imports: [
    DiscoveryModule,
    TypeOrmModule.forRootAsync({
      inject: [Settings],
      useFactory: (settings: Settings) => ({
        ...dataSourceOptions(settings),
        autoLoadEntities: true,
        retryAttempts: 0,
      }),
      dataSourceFactory: (options) => openDataSource(options!),
    }),
    TypeOrmModule.forFeature([ChangedLead, Figure, FigureChange]),
  ],
  providers: [Database, UnitOfWork, RowKeepers, Retention, DatabaseRows],
  exports: [Database, UnitOfWork, RowKeepers, Retention],
})
export class DatabaseModule {}
