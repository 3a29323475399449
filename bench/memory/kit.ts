import 'reflect-metadata';
import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ConfigModule, Settings } from '../../src/config/index.js';
import { Database, DatabaseModule, UnitOfWork } from '../../src/database/index.js';
import { TelemetryModule } from '../../src/telemetry/index.js';

export interface OpenTier {
  readonly database: Database;
  readonly units: UnitOfWork;
  get<T>(provider: Type<T>): T;
  close(): Promise<void>;
}

interface TierParts {
  readonly entities: Type[];
  readonly providers: Provider[];
}

@Module({})
class OneTierModule {}

/**
 * One tier of memory on a data folder of its own, with the server's own database and units around it and nothing else.
 * @param databaseUrl a PostgreSQL to use instead of the folder's SQLite
 */
export async function openTier(dataDir: string, { entities, providers }: TierParts, databaseUrl?: string): Promise<OpenTier> {
  const settings = new Settings({ HERALD_DATA_DIR: dataDir, LOG_LEVEL: 'error', ...(databaseUrl && { DATABASE_URL: databaseUrl }) });
  const tier: DynamicModule = {
    module: OneTierModule,
    imports: [ConfigModule.with(settings), TelemetryModule, DatabaseModule, TypeOrmModule.forFeature(entities)],
    providers,
  };
  const app = await NestFactory.createApplicationContext(tier, { logger: false });
  return { database: app.get(Database), units: app.get(UnitOfWork), get: (provider) => app.get(provider, { strict: false }), close: () => app.close() };
}
