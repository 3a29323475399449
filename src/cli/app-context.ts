import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { type QueueMode, Settings } from '../config/index.js';

export interface AppContextChoice {
  /** detached: work is written down for a server to do · if-free: done here, unless a server has the queue already */
  queue: 'detached' | 'if-free';
}

const MODES: Record<AppContextChoice['queue'], QueueMode> = { detached: 'off', 'if-free': 'if-free' };

/** The container without its HTTP doors, on the same data folder and settings as the server. */
export async function openAppContext({ queue }: AppContextChoice): Promise<INestApplicationContext> {
  // a command's output is for its reader: the log stays out of it, and on standard error is short unless it is asked
  // for
  const settings = new Settings({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn' }, MODES[queue], 'stderr');
  const [{ NestFactory }, { AppModule }, { Log }] = await Promise.all([
    import('@nestjs/core'),
    import('../app.module.js'),
    import('../telemetry/index.js'),
  ]);
  const context = await NestFactory.createApplicationContext(AppModule.with(settings), {
    logger: false,
    abortOnError: false,
  });
  context.useLogger(context.get(Log));
  return context;
}
