import { join } from 'node:path';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock, SystemClock, WallClock } from './clock.js';
import { Settings } from './settings.js';
import { TestClock } from './test-clock.js';

@Global()
@Module({})
export class ConfigModule {
  /** Settings are read before the container exists, so that a mistake in them is one line and not a stack. */
  static with(settings: Settings, clock: Clock = clockOf(settings)): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: Settings, useValue: settings },
        { provide: Clock, useValue: clock },
        { provide: WallClock, useValue: clock instanceof TestClock ? new SystemClock() : clock },
      ],
      exports: [Settings, Clock, WallClock],
    };
  }
}

function clockOf(settings: Settings): Clock {
  if (settings.testClock === undefined) return new SystemClock();
  return new TestClock(settings.testClock, join(settings.ensureDataDir(), 'test-clock'));
}
