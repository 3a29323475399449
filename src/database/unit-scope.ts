import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Knows whether a caller runs inside an open unit of work. There everything is read through the unit: the database
 * outside does not have what the unit wrote, and on PostgreSQL units that wait for a second connection while they hold
 * one would in the end all wait for each other.
 *
 * To know it costs a tenth of a server's time on SQLite, for each promise of the process is then noted. So there it is
 * looked at in tests only, which go through all units.
 */
export class UnitScope {
  private readonly storage = new AsyncLocalStorage<{ isOpen: boolean }>();

  constructor(private readonly isWatched: boolean) {}

  /** What a unit has started and left running, such as a timer, is outside once the unit has ended. */
  get isInside(): boolean {
    return this.storage.getStore()?.isOpen === true;
  }

  /** @throws Error when the caller is inside a unit */
  refuseInside(): void {
    if (this.isInside)
      throw new Error('inside a unit of work everything is read through the unit: pass it along as the reader');
  }

  enter<T>(work: () => Promise<T>): Promise<T> {
    if (!this.isWatched) return work();
    const scope = { isOpen: true };
    return this.storage.run(scope, async () => {
      try {
        return await work();
      } finally {
        scope.isOpen = false;
      }
    });
  }

  /** Runs `work` as though no unit were open. */
  leave<T>(work: () => T): T {
    return this.storage.exit(work);
  }
}
