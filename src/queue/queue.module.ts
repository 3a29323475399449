import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MarkedMethodsModule } from '../discovery/index.js';
import { ClockMover } from './clock-mover.js';
import { DeadLetters } from './dead-letters.js';
import { JobClock } from './job-clock.js';
import { QueueRows } from './queue.rows.js';
import { JobHandlers } from './job-handlers.js';
import { JobProcessor } from './job-processor.js';
import { OutboxLedger } from './outbox-ledger.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxRow } from './outbox-row.entity.js';
import { Outbox } from './outbox.js';
import { QueueMetrics } from './queue-metrics.js';
import { Queues } from './queues.js';

/** Work that survives: written down in the outbox, carried by BullMQ, its effect recorded exactly once. */
@Global()
@Module({
  imports: [MarkedMethodsModule, TypeOrmModule.forFeature([OutboxRow])],
  providers: [
    ClockMover,
    DeadLetters,
    JobClock,
    QueueRows,
    JobHandlers,
    JobProcessor,
    OutboxLedger,
    OutboxRelay,
    Outbox,
    QueueMetrics,
    Queues,
  ],
  exports: [ClockMover, DeadLetters, JobClock, JobHandlers, Outbox, Queues],
})
export class QueueModule {}
