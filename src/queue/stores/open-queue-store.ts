import type { Settings } from '../../config/index.js';
import { openEmbeddedStore } from './embedded-store.js';
import { openPostgresStore } from './postgres-store.js';
import type { OpenStoreOptions, QueueStore, QueueStoreKind } from './queue-store.js';
import { openRedisStore } from './redis-store.js';

export function storeKindOf(settings: Settings): QueueStoreKind {
  if (settings.redisUrl) return 'redis';
  return settings.databaseUrl ? 'postgres' : 'embedded';
}

/**
 * Opens the store that the settings choose. @throws QueueFolderInUseError, or the driver's error when the store
 * cannot be reached
 */
export function openQueueStore(options: OpenStoreOptions): Promise<QueueStore> {
  switch (storeKindOf(options.settings)) {
    case 'redis':
      return openRedisStore(options);
    case 'postgres':
      return openPostgresStore(options);
    case 'embedded':
      return openEmbeddedStore(options);
  }
}
