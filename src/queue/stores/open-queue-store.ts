import type { Settings } from '../../config/index.js';
import { openEmbeddedStore } from './embedded-store.js';
import type { OpenStoreOptions, QueueStore, QueueStoreKind } from './queue-store.js';

export function storeKindOf(settings: Settings): QueueStoreKind {
  if (settings.redisUrl) return 'redis';
  return settings.databaseUrl ? 'postgres' : 'embedded';
}

/**
 * Opens the store that the settings choose, and loads no other one's driver. @throws QueueFolderInUseError, or the
 * driver's error when the store cannot be reached
 */
export async function openQueueStore(options: OpenStoreOptions): Promise<QueueStore> {
  switch (storeKindOf(options.settings)) {
    case 'redis':
      return (await import('./redis-store.js')).openRedisStore(options);
    case 'postgres':
      return (await import('./postgres-store.js')).openPostgresStore(options);
    case 'embedded':
      return openEmbeddedStore(options);
  }
}
