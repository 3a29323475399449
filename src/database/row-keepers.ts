import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { DataSource, type EntityMetadata } from 'typeorm';
import type { SqlRow } from './connection.js';
import { Database } from './database.js';
import type { Reader } from './reader.js';
import { type KeptTable, KeepsRows, type RowKeeper } from './row-keeper.js';
import type { EntityClass } from './table-shape.js';
import type { Unit } from './unit.js';

/** Of one table in one unit, which keeps other writers waiting. */
const ERASED_AT_ONCE = 500;

export interface OwnedTable extends Omit<KeptTable, 'table'> {
  readonly name: string;
  /** The class that answers for it. */
  readonly owner: string;
  /** Undefined for a table that has no entity. */
  readonly entity: EntityClass<object> | undefined;
  readonly keys: readonly string[];
}

export interface TableSize {
  readonly table: string;
  readonly rows: number;
  /** With its indexes. */
  readonly bytes: number;
}

/** Asks every module for its own rows: to erase a lead, to give out what is held of one, to count. */
@Injectable()
export class RowKeepers {
  private found: { tables: readonly OwnedTable[]; keepers: readonly RowKeeper[] } | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly dataSource: DataSource,
    private readonly database: Database,
  ) {}

  /** The tables of all modules, in the order of their names. */
  get tables(): readonly OwnedTable[] {
    return this.discover().tables;
  }

  get keepers(): readonly RowKeeper[] {
    return this.discover().keepers;
  }

  /**
   * Removes rows about a lead from all tables, by look-ups, and at most some hundred of each.
   * @returns true when rows are left: call again in another unit
   */
  async eraseLead(unit: Unit, leadId: string): Promise<boolean> {
    let isMore = false;
    for (const keeper of this.keepers) if (await keeper.eraseLead?.(unit, leadId)) isMore = true;
    for (const { name, keys, lead } of this.tables) {
      if (!('by' in lead)) continue;
      const key = keys.map((each) => `"${each}"`).join(',');
      const count = await unit.execute(
        `DELETE FROM "${name}" WHERE (${key}) IN (SELECT ${key} FROM "${name}" WHERE "${lead.by}" = ? LIMIT ${ERASED_AT_ONCE})`,
        [leadId],
      );
      if (count === ERASED_AT_ONCE) isMore = true;
    }
    return isMore;
  }

  /** Everything that is held of a lead, by table; tables without any are left out. */
  async exportLead(reader: Reader, leadId: string): Promise<Record<string, readonly SqlRow[]>> {
    const held: Record<string, readonly SqlRow[]> = {};
    for (const { name, entity, lead } of this.tables) {
      if (!('by' in lead) || !entity) continue;
      held[name] = (await reader.of<object>(entity).find({ [lead.by]: leadId } as object)) as SqlRow[];
    }
    for (const keeper of this.keepers) Object.assign(held, await keeper.exportLead?.(reader, leadId));
    return Object.fromEntries(
      Object.entries(held)
        .filter(([, rows]) => rows.length > 0)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  /** How much each table holds, beside the main thread. */
  async sizes(): Promise<TableSize[]> {
    const sizes: TableSize[] = [];
    const there = new Set(await this.existing());
    for (const { name } of this.tables.filter((table) => there.has(table.name))) {
      const [counted] = await this.database.queryAside(`SELECT COUNT(*) AS n FROM "${name}"`);
      const [stored] = await this.database.queryAside(
        this.database.dialect === 'sqlite'
          ? 'SELECT COALESCE(SUM(pgsize), 0) AS n FROM dbstat WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name = ?) AND aggregate = TRUE'
          : `SELECT pg_total_relation_size(('"' || ? || '"')::regclass) AS n`,
        [name],
      );
      sizes.push({ table: name, rows: Number(counted!.n), bytes: Number(stored!.n) });
    }
    return sizes;
  }

  private async existing(): Promise<string[]> {
    const rows = await this.database.query(
      this.database.dialect === 'sqlite'
        ? `SELECT name FROM sqlite_master WHERE type = 'table'`
        : `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    return rows.map(({ name }) => String(name));
  }

  private discover() {
    if (this.found) return this.found;
    const wrappers = this.discovery
      .getProviders()
      .filter((wrapper) => wrapper.instance && this.discovery.getMetadataByDecorator(KeepsRows, wrapper));
    const tables = wrappers.flatMap((wrapper) =>
      this.discovery
        .getMetadataByDecorator(KeepsRows, wrapper)!
        .map((table) => this.ownedTable(table, wrapper.metatype!.name)),
    );
    tables.sort((a, b) => (a.name < b.name ? -1 : 1));
    const twice = tables.find(({ name }, index) => tables[index + 1]?.name === name);
    if (twice) throw new Error(`the table ${twice.name} has two owners`);
    return (this.found = { tables, keepers: wrappers.map(({ instance }) => instance as RowKeeper) });
  }

  private ownedTable({ table, ...rest }: KeptTable, owner: string): OwnedTable {
    if (typeof table === 'string') return { ...rest, name: table, owner, entity: undefined, keys: [] };
    const { tableName, primaryColumns }: EntityMetadata = this.dataSource.getMetadata(table);
    return { ...rest, name: tableName, owner, entity: table, keys: primaryColumns.map((key) => key.databaseName) };
  }
}
