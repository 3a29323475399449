export { UnrecoverableError } from 'bullmq';
export { ClockMover, type Moved } from './clock-mover.js';
export { JobClock } from './job-clock.js';
export { JobHandlers } from './job-handlers.js';
export {
  type BatchHandler,
  Every,
  Job,
  type JobHandler,
  type JobResult,
  NextWork,
  type OutsideBatchHandler,
  type OutsideHandler,
  type Settle,
  type SettleMany,
  type Tick,
  type UnitHandler,
} from './job.js';
export { DeadLetters } from './dead-letters.js';
export { OUTBOX_STATUSES, type OutboxRow, type OutboxStatus } from './outbox-row.entity.js';
export { Outbox, type OutboxItem } from './outbox.js';
export { QueueModule } from './queue.module.js';
export { Queues } from './queues.js';
export { lockFolder, QueueFolderInUseError } from './stores/embedded-store.js';
export type { QueueStoreKind } from './stores/queue-store.js';
