import type { DataSource } from 'typeorm';
import type { InsertStatement } from './connection.js';

export type EntityClass<T> = new () => T;
export type Dialect = 'sqlite' | 'postgres';

interface ShapeColumn {
  readonly name: string;
  readonly encode: (value: unknown) => unknown;
  readonly decode: ((value: unknown) => unknown) | undefined;
}

/** What `Rows` needs to know of an entity, worked out once from TypeORM's metadata. */
export interface TableShape {
  readonly table: string;
  readonly columns: readonly ShapeColumn[];
  readonly byName: ReadonlyMap<string, ShapeColumn>;
  readonly keys: readonly string[];
  /** What a SELECT of whole rows names. */
  readonly selected: string;
  /** The INSERT statements that were asked for so far, by their kind. */
  readonly inserts: Map<string, InsertStatement>;
}

const shapes = new WeakMap<DataSource, Map<unknown, TableShape>>();

export function shapeOf(dataSource: DataSource, entity: EntityClass<unknown>, dialect: Dialect): TableShape {
  let known = shapes.get(dataSource);
  if (!known) shapes.set(dataSource, (known = new Map()));
  let shape = known.get(entity);
  if (!shape) known.set(entity, (shape = makeShape(dataSource, entity, dialect)));
  return shape;
}

function makeShape(dataSource: DataSource, entity: EntityClass<unknown>, dialect: Dialect): TableShape {
  const metadata = dataSource.getMetadata(entity);
  const all = metadata.columns.map((column) => {
    const type = String(column.type);
    return {
      name: column.databaseName,
      encode: encoder(type, column.default, dialect),
      decode: decoder(type, dialect),
      isHidden: !column.isSelect,
    };
  });
  const columns = all.filter(({ isHidden }) => !isHidden);
  return {
    table: `"${metadata.tableName}"`,
    columns,
    byName: new Map(all.map((column) => [column.name, column])),
    selected: columns.length === all.length ? '*' : columns.map(({ name }) => `"${name}"`).join(','),
    keys: metadata.primaryColumns.map((column) => column.databaseName),
    inserts: new Map(),
  };
}

function encoder(type: string, fallback: unknown, dialect: Dialect): (value: unknown) => unknown {
  const encode = valueEncoder(type, dialect);
  if (fallback === undefined) return (value) => (value === undefined || value === null ? null : encode(value));
  const encodedFallback = encode(fallback);
  return (value) => (value === undefined ? encodedFallback : value === null ? null : encode(value));
}

function valueEncoder(type: string, dialect: Dialect): (value: unknown) => unknown {
  if (type === 'json') return (value) => JSON.stringify(value);
  if (type === 'boolean' && dialect === 'sqlite') return (value) => (value ? 1 : 0);
  return (value) => value;
}

function decoder(type: string, dialect: Dialect): ((value: unknown) => unknown) | undefined {
  if (type === 'json' && dialect === 'sqlite') return (value) => JSON.parse(value as string);
  if (type === 'boolean' && dialect === 'sqlite') return (value) => value === 1;
  if ((type === 'decimal' || type === 'bigint') && dialect === 'postgres') return Number;
  return undefined;
}
