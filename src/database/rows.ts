import { Comparison, type Where, marks, whereSql } from './conditions.js';
import { type Connection, InsertStatement, type SqlRow } from './connection.js';
import { type Page, decodeCursor, encodeCursor } from './page.js';
import type { TableShape } from './table-shape.js';

export type Order<T> = { [K in keyof T]?: 'asc' | 'desc' };

export interface FindOptions<T> {
  order?: Order<T>;
  limit?: number;
  /** On PostgreSQL locks the rows until the unit ends; on SQLite a unit is alone anyway. */
  lock?: boolean;
}

export interface PageOptions<T> {
  where?: Where<T>;
  /** One column that is never null; the key breaks ties. Defaults to the key, ascending. */
  order?: Order<T>;
  limit: number;
  /** Where the page before ended; the first page when left out. */
  cursor?: string | undefined;
}

/** What reading needs of a connection. */
type Asked = Pick<Connection, 'dialect' | 'query'>;

/** Reading one table. Simple lookups by equality and range; anything richer is SQL through `query`. */
export class ReadRows<T extends object> {
  constructor(
    private readonly asked: Asked,
    protected readonly shape: TableShape,
    /** Where filtered lists are read, which may have to look far for rows that few have. */
    private readonly aside: Pick<Asked, 'query'> = asked,
  ) {}

  /** The row with this key, or undefined. Composite keys are given in declaration order. */
  async get(...key: string[]): Promise<T | undefined> {
    const where = Object.fromEntries(this.shape.keys.map((name, index) => [name, key[index]]));
    return (await this.find(where as Where<T>, { limit: 1 }))[0];
  }

  async find(where: Where<T> = {}, options: FindOptions<T> = {}): Promise<T[]> {
    const condition = this.condition(where);
    const order = Object.entries(options.order ?? {}).map(
      ([name, direction]) => `"${name}" ${direction === 'desc' ? 'DESC' : 'ASC'}`,
    );
    const sql = [
      `SELECT ${this.shape.selected} FROM ${this.shape.table} WHERE ${condition.sql}`,
      order.length ? `ORDER BY ${order.join(', ')}` : '',
      options.limit === undefined ? '' : `LIMIT ${Math.trunc(options.limit)}`,
      options.lock && this.asked.dialect === 'postgres' ? 'FOR UPDATE' : '',
    ];
    return (await this.asked.query(sql.filter(Boolean).join(' '), condition.params)).map((row) => this.decode(row));
  }

  async count(where: Where<T> = {}): Promise<number> {
    const condition = this.condition(where);
    const [row] = await this.asked.query(
      `SELECT COUNT(*) AS n FROM ${this.shape.table} WHERE ${condition.sql}`,
      condition.params,
    );
    return Number(row!.n);
  }

  /** @throws CursorError when the cursor is not one for this list */
  async page({ where = {}, order = {}, limit, cursor }: PageOptions<T>): Promise<Page<T>> {
    const [column, direction] = Object.entries(order)[0] ?? [this.shape.keys[0]!, 'asc'];
    const columns = [...new Set([column, ...this.shape.keys])];
    const condition = this.condition(where);
    const name = `${column} ${direction}`;
    if (cursor !== undefined) {
      const after = decodeCursor(cursor, name, columns.length);
      condition.sql += ` AND (${columns.map((each) => `"${each}"`).join(',')}) ${direction === 'desc' ? '<' : '>'} (${marks(columns)})`;
      condition.params.push(...after);
    }
    const sort = columns.map((each) => `"${each}" ${direction === 'desc' ? 'DESC' : 'ASC'}`).join(', ');
    const sql = `SELECT ${this.shape.selected} FROM ${this.shape.table} WHERE ${condition.sql} ORDER BY ${sort} LIMIT ${Math.trunc(limit) + 1}`;
    const isFiltered = Object.values(where).some((value) => value !== undefined);
    const rows = (await (isFiltered ? this.aside : this.asked).query(sql, condition.params)).map((row) =>
      this.decode(row),
    );
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? (items.at(-1) as Record<string, unknown>) : undefined;
    return {
      items,
      next_cursor: last
        ? encodeCursor(
            name,
            columns.map((each) => last[each]),
          )
        : null,
    };
  }

  /** Raw SQL rows of this table turned into entities (JSON parsed, booleans and decimals typed). */
  decode(row: SqlRow): T {
    for (const { name, decode } of this.shape.columns) {
      if (decode && row[name] !== null && row[name] !== undefined) row[name] = decode(row[name]);
    }
    return row as T;
  }

  protected condition(where: Where<T>) {
    const { keys } = this.shape;
    const hasKey = keys.every((key) => key in where && isValueOrList((where as Record<string, unknown>)[key]));
    return whereSql(
      where as Record<string, unknown>,
      (column, value) => this.encode(column, value),
      hasKey && this.asked.dialect === 'sqlite' ? keys : undefined,
    );
  }

  protected encode(name: string, value: unknown): unknown {
    const column = this.shape.byName.get(name);
    if (!column) throw new TypeError(`${this.shape.table} has no column "${name}"`);
    return column.encode(value);
  }
}

/** Reading and writing one table inside a unit of work. */
export class Rows<T extends object> extends ReadRows<T> {
  constructor(
    private readonly connection: Connection,
    shape: TableShape,
  ) {
    super(connection, shape);
  }

  /** Inserts; a row whose key exists is an error of the database. Columns left out take their default, or null. */
  async insert(rows: Partial<T> | readonly Partial<T>[]): Promise<void> {
    await this.insertWith('insert', () => '', rows);
  }

  /** Inserts the rows whose key is new and leaves the others as they stand. @returns how many were new */
  async insertNew(rows: Partial<T> | readonly Partial<T>[]): Promise<number> {
    return this.insertWith('insertNew', () => 'ON CONFLICT DO NOTHING', rows);
  }

  /** Inserts, or replaces every other column of the row that has the same `keys`. */
  async upsert(
    rows: Partial<T> | readonly Partial<T>[],
    keys: readonly (keyof T & string)[] = this.shape.keys as never,
  ): Promise<number> {
    return this.insertWith(
      `upsert ${keys.join(',')}`,
      () => {
        const updates = this.shape.columns.filter(
          ({ name }) => !keys.includes(name as never) && !this.shape.keys.includes(name),
        );
        const assignments = updates.map(({ name }) => `"${name}" = excluded."${name}"`).join(', ');
        return `ON CONFLICT (${keys.map((key) => `"${key}"`).join(',')}) DO UPDATE SET ${assignments}`;
      },
      rows,
    );
  }

  /** @returns the number of rows changed */
  async update(where: Where<T>, patch: Partial<T>): Promise<number> {
    const entries = Object.entries(patch).filter(([, value]) => value !== undefined);
    if (entries.length === 0) return 0;
    const condition = this.condition(where);
    const assignments = entries.map(([name]) => `"${name}" = ?`).join(', ');
    const values = entries.map(([name, value]) => this.encode(name, value));
    return this.connection.execute(`UPDATE ${this.shape.table} SET ${assignments} WHERE ${condition.sql}`, [
      ...values,
      ...condition.params,
    ]);
  }

  /**
   * Sets these columns of many rows, which are found by their keys: one prepared statement on SQLite, one for all on
   * PostgreSQL. @returns the number of rows changed
   */
  async updateEach(rows: readonly Partial<T>[], columns: readonly (keyof T & string)[]): Promise<number> {
    if (rows.length === 0 || columns.length === 0) return 0;
    const { table, keys } = this.shape;
    const match = (right: (key: string) => string): string =>
      keys.map((key) => `${table}."${key}" = ${right(key)}`).join(' AND ');
    if (this.connection.dialect === 'sqlite') {
      const named = [...columns, ...keys];
      const sql = `UPDATE ${table} SET ${columns.map((name) => `"${name}" = ?`).join(', ')} WHERE ${match(() => '?')}`;
      let changed = 0;
      for (const row of rows) {
        const values = named.map((name) => this.encode(name, (row as Record<string, unknown>)[name]));
        changed += await this.connection.execute(sql, values);
      }
      return changed;
    }
    const given = rows.map((row) => {
      const entries = [...columns, ...keys].map((name) => [name, (row as Record<string, unknown>)[name] ?? null]);
      return Object.fromEntries(entries) as object;
    });
    const assignments = columns.map((name) => `"${name}" = given."${name}"`).join(', ');
    return this.connection.execute(
      `UPDATE ${table} SET ${assignments} FROM json_populate_recordset(NULL::${table}, ?::json) given WHERE ${match((key) => `given."${key}"`)}`,
      [JSON.stringify(given)],
    );
  }

  /** @returns the number of rows deleted */
  async delete(where: Where<T>): Promise<number> {
    const condition = this.condition(where);
    return this.connection.execute(`DELETE FROM ${this.shape.table} WHERE ${condition.sql}`, condition.params);
  }

  private insertWith(kind: string, tail: () => string, rows: Partial<T> | readonly Partial<T>[]): Promise<number> {
    const list = (Array.isArray(rows) ? rows : [rows]) as readonly Record<string, unknown>[];
    if (list.length === 0) return Promise.resolve(0);
    const { columns, table, inserts } = this.shape;
    let statement = inserts.get(kind);
    if (!statement) {
      const head = `INSERT INTO ${table} (${columns.map(({ name }) => `"${name}"`).join(',')})`;
      inserts.set(kind, (statement = new InsertStatement(head, columns.length, tail())));
    }
    const values = list.map((row) => columns.map((column) => column.encode(row[column.name])));
    return this.connection.insert(statement, values);
  }
}

/** A comparison, such as one that starts a page, does not say which rows are meant. */
function isValueOrList(value: unknown): boolean {
  return value !== undefined && value !== null && !(value instanceof Comparison);
}
