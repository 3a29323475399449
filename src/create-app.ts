import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import type { Clock, Settings } from './config/index.js';
import { answerRefusalsAsMcp } from './doors/mcp/index.js';
import { serveOpenApi } from './doors/openapi/index.js';
import { SocketAdapter, answerRefusalsAsRpc } from './doors/rpc/index.js';
import { configureHttp, httpOptions } from './doors/system/index.js';
import { Log } from './telemetry/index.js';

export interface AppChoice {
  clock?: Clock;
  /** Modules beside those of the server, for tests of what can be added to it. */
  beside?: Type[];
}

/** The whole server, ready to listen: container, doors and documents. */
export async function createApp(settings: Settings, choice: AppChoice = {}): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(settings, choice.clock, choice.beside),
    new FastifyAdapter(httpOptions(settings)),
    {
      // until the log is there, what goes wrong is thrown and told in one line
      logger: false,
      abortOnError: false,
      forceCloseConnections: true,
    },
  );
  app.useLogger(app.get(Log));
  app.useWebSocketAdapter(new SocketAdapter(app));
  configureHttp(app);
  answerRefusalsAsRpc(app);
  answerRefusalsAsMcp(app);
  serveOpenApi(app);
  return app;
}
