export { UnrecoverableError } from 'bullmq';
export {
  type Job,
  type JobHandler,
  JobHandlers,
  type OutsideHandler,
  type Settle,
  type UnitHandler,
} from './job-handlers.js';
export { OUTBOX_STATUSES, OutboxRow, type OutboxStatus } from './outbox-row.entity.js';
export { Outbox, type OutboxItem } from './outbox.js';
export { QueueModule } from './queue.module.js';
export { Queues } from './queues.js';
export { QueueFolderInUseError } from './stores/folder-lock.js';
export type { QueueStoreKind } from './stores/queue-store.js';
