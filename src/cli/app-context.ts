import 'reflect-metadata';
import type { DynamicModule, INestApplicationContext, Type } from '@nestjs/common';
import { type QueueMode, Settings } from '../config/index.js';

export interface AppContextChoice {
  /** detached: work is written down for a server to do · if-free: done here, unless a server has the queue already */
  queue: 'detached' | 'if-free';
}

const MODES: Record<AppContextChoice['queue'], QueueMode> = { detached: 'off', 'if-free': 'if-free' };

/** The container without its HTTP doors, on the same data folder and settings as the server. */
export async function openAppContext(choice: AppContextChoice): Promise<INestApplicationContext> {
  const { AppModule } = await import('../app.module.js');
  return open(choice, (settings) => AppModule.with(settings));
}

/** The database and what needs nothing but that, for a command that is soon done. */
export async function openContext({
  of,
  ...choice
}: AppContextChoice & { of: readonly Type[] }): Promise<INestApplicationContext> {
  const [{ ConfigModule }, { DatabaseModule }, { TelemetryModule }] = await Promise.all([
    import('../config/index.js'),
    import('../database/index.js'),
    import('../telemetry/index.js'),
  ]);
  return open(choice, (settings) => ({
    module: class CommandModule {},
    imports: [ConfigModule.with(settings), TelemetryModule, DatabaseModule, ...of],
  }));
}

async function open(
  { queue }: AppContextChoice,
  moduleOf: (settings: Settings) => DynamicModule,
): Promise<INestApplicationContext> {
  // a command's output is for its reader: the log stays out of it, and on standard error is short unless it is asked
  // for
  const settings = new Settings({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn' }, MODES[queue], 'stderr');
  const [{ NestFactory }, { Log }] = await Promise.all([import('@nestjs/core'), import('../telemetry/index.js')]);
  const context = await NestFactory.createApplicationContext(moduleOf(settings), {
    logger: false,
    abortOnError: false,
  });
  context.useLogger(context.get(Log));
  return context;
}
