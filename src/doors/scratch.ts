import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AdminBootstrap, AuthModule } from '../auth/index.js';
import { ConfigModule, Settings } from '../config/index.js';
import { CrmModule } from '../crm/index.js';
import { QueueModule } from '../queue/index.js';
import { DatabaseModule } from '../database/index.js';
import { OperationsModule } from '../operations/index.js';
import { Log, TelemetryModule } from '../telemetry/index.js';
import { serveOpenApi } from './openapi/index.js';
import { configureHttp, httpOptions, SystemModule } from './system/index.js';

const settings = new Settings();
@Module({ imports: [ConfigModule.with(settings), TelemetryModule, DatabaseModule, OperationsModule, QueueModule, AuthModule, CrmModule, SystemModule] })
class ScratchModule {}

const app = await NestFactory.create<NestFastifyApplication>(ScratchModule, new FastifyAdapter(httpOptions(settings) as never), { forceCloseConnections: true, abortOnError: false, logger: ['error', 'warn'] });
app.useLogger(app.get(Log));
await configureHttp(app);
serveOpenApi(app);
app.enableShutdownHooks();
await app.init();
await app.get(AdminBootstrap).ensure();
await app.listen(settings.port, '127.0.0.1');
console.log('listening', await app.getUrl());
