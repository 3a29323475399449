import { Module } from '@nestjs/common';
import { TestClockService } from './test-clock.service.js';

/** Only in a server that runs on a test clock: elsewhere its operations do not exist. */
@Module({ providers: [TestClockService] })
export class TestClockModule {}
