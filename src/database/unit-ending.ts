import type { FinishUnit, Unit } from './unit.js';

interface Mark {
  readonly actions: number;
  readonly gathered: ReadonlyMap<FinishUnit<never>, number>;
}

/** What a unit has put off: rows to write in one go at its end, and actions for after its commit. */
export class UnitEnding {
  private readonly actions: (() => void)[] = [];
  private readonly gathered = new Map<FinishUnit<never>, unknown[]>();

  afterCommit(action: () => void): void {
    this.actions.push(action);
  }

  gather<T>(finish: FinishUnit<T>, items: readonly T[]): void {
    const known = this.gathered.get(finish as FinishUnit<never>) ?? [];
    // one by one: a long list does not fit into the arguments of a call
    for (const item of items) known.push(item);
    this.gathered.set(finish as FinishUnit<never>, known);
  }

  /** Where things stand, for `returnTo`. */
  mark(): Mark {
    return {
      actions: this.actions.length,
      gathered: new Map([...this.gathered].map(([finish, items]) => [finish, items.length])),
    };
  }

  /** Forgets what was put off since the mark, as the rows that it belongs to are taken back. */
  returnTo(mark: Mark): void {
    this.actions.length = mark.actions;
    for (const [finish, items] of this.gathered) items.length = mark.gathered.get(finish) ?? 0;
  }

  async finish(unit: Unit): Promise<void> {
    for (const [finish, items] of this.gathered) if (items.length > 0) await finish(unit, items as never[]);
  }

  committed(): void {
    for (const action of this.actions) action();
  }
}
