import type { InsertStatement } from './connection.js';
import type { Reader } from './reader.js';
import type { Rows } from './rows.js';
import type { EntityClass } from './table-shape.js';

/** One open write transaction. Code that holds no unit cannot write. */
export interface Unit extends Reader {
  /** The same for units that are committed together, as those that wait in line on SQLite: all of them, or none. */
  readonly commit: object;
  /** The table of an entity, for reading and writing inside this transaction. */
  of<T extends object>(entity: EntityClass<T>): Rows<T>;
  /** @returns the number of rows changed */
  execute(sql: string, params?: readonly unknown[]): Promise<number>;
  /** @returns the number of rows inserted or changed */
  insert(statement: InsertStatement, rows: readonly (readonly unknown[])[]): Promise<number>;
  /** Runs once the transaction is committed; not at all if it rolls back. */
  afterCommit(action: () => void): void;
  /** Has `finish` called once at the end of the unit, still inside it, with all the items that were gathered for it. */
  atEnd<T>(finish: FinishUnit<T>, items: readonly T[]): void;
  /**
   * Runs a part of the unit so that, when it throws, what it wrote and put off is taken back and the unit can go on.
   * Gives its error on.
   */
  attempt<T>(work: () => Promise<T>): Promise<T>;
}

/** Writes what a unit gathered for it, in the order in which it came. */
export type FinishUnit<T> = (unit: Unit, items: readonly T[]) => Promise<void>;

/** Whether what is read through is an open unit, so that the answer may hold what is not committed. */
export function isUnit(reader: Reader): reader is Unit {
  return 'afterCommit' in reader;
}
