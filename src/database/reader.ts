import type { SqlRow } from './connection.js';
import type { ReadRows } from './rows.js';
import type { Dialect, EntityClass } from './table-shape.js';

/**
 * What can be read through: an open unit, which sees its own writes, or the database outside of any. Code that may run
 * in both is handed one, and does not ask which.
 */
export interface Reader {
  readonly dialect: Dialect;
  /** The reading half of a table. */
  of<T extends object>(entity: EntityClass<T>): ReadRows<T>;
  /**
   * SQL with `?` placeholders; answers raw rows (JSON as text and booleans as 0/1 on SQLite, numerics as text on
   * PostgreSQL).
   */
  query(sql: string, params?: readonly unknown[]): Promise<SqlRow[]>;
}
