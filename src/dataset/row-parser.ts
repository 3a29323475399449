import { hash } from 'node:crypto';
import { cellParser, formatCell, Refused, type Cell, type Row } from './cell-codec.js';
import { addedKeyColumn, type Column, type DatasetFile, type TableName } from './dataset-files.js';

/** The keys that exist in a table, to check references against. */
export type KnownKeys = ReadonlyMap<TableName, ReadonlySet<string>>;

export interface RefusedRow {
  readonly column?: string;
  readonly reason: string;
  readonly value: string;
}

/**
 * Why a header does not fit the file's columns, or undefined if it fits. Their order does not matter; an added key
 * may be there.
 */
export function headerProblem(file: DatasetFile, header: readonly string[]): string | undefined {
  const added = addedKeyColumn(file)?.name;
  const known = new Set(file.columns.map(({ name }) => name));
  const problems = [
    [header.filter((name, index) => header.indexOf(name) !== index), 'duplicated'],
    [[...known].filter((name) => !header.includes(name)), 'missing'],
    [header.filter((name) => !known.has(name) && name !== added), 'unknown'],
  ] as const;
  const said = problems
    .filter(([names]) => names.length > 0)
    .map(([names, what]) => `${what}: ${[...new Set(names)].slice(0, 20).join(', ')}`);
  return said.length > 0 ? `wrong columns (${said.join('; ')})` : undefined;
}

/**
 * Turns the records of one file into rows, or says what is wrong with them. Holds the keys seen, so it is good for
 * one pass.
 */
export class RowParser {
  private readonly columns: readonly Column[];
  private readonly parsers;
  private readonly keyColumn: Column | undefined;
  private readonly seen = new Set<string>();
  private readonly occurrences = new Map<string, number>();

  constructor(
    private readonly file: DatasetFile,
    header: readonly string[],
    private readonly known: KnownKeys,
  ) {
    this.keyColumn = addedKeyColumn(file);
    const byName = new Map(
      [...file.columns, ...(this.keyColumn ? [{ ...this.keyColumn, nullable: true }] : [])].map((column) => [
        column.name,
        column,
      ]),
    );
    this.columns = header.map((name) => byName.get(name)!);
    this.parsers = this.columns.map(cellParser);
  }

  /** @returns `row`, or `refused` with the first thing that is wrong */
  parse(cells: readonly string[]): { row: Row; refused?: undefined } | { row?: undefined; refused: RefusedRow } {
    const { columns, parsers } = this;
    if (cells.length !== columns.length) {
      return {
        refused: {
          reason: `has ${cells.length} cells where the header has ${columns.length}`,
          value: cells.join(',').slice(0, 200),
        },
      };
    }
    const row: Row = {};
    for (let index = 0; index < cells.length; index++) {
      const value: Cell | Refused = parsers[index](cells[index]);
      const column = columns[index];
      if (value instanceof Refused)
        return { refused: { column: column.name, reason: value.reason, value: cells[index] } };
      if (column.references && value !== null && !this.known.get(column.references)!.has(value as string)) {
        return {
          refused: {
            column: column.name,
            reason: `is not the key of any row of ${column.references}`,
            value: cells[index],
          },
        };
      }
      row[column.name] = value;
    }
    return this.withKey(row);
  }

  private withKey(row: Row): { row: Row } | { refused: RefusedRow } {
    if (this.keyColumn) row[this.keyColumn.name] ??= this.contentKey(row);
    const { key } = this.file;
    const text = key.length === 1 ? (row[key[0]] as string) : key.map((name) => row[name]).join(' ');
    if (this.seen.has(text))
      return {
        refused: { column: key.join(', '), reason: 'repeats the key of an earlier row of the file', value: text },
      };
    this.seen.add(text);
    return { row };
  }

  /** A key that depends on nothing but the row's content and how many rows before it are the same. */
  private contentKey(row: Row): string {
    const content = this.file.columns.map((column) => formatCell(column, row[column.name])).join('\u001f');
    const occurrence = (this.occurrences.get(content) ?? 0) + 1;
    this.occurrences.set(content, occurrence);
    return `${this.file.addedKeyPrefix}_${hash('sha1', `${this.file.table}\u001f${content}\u001f${occurrence}`).slice(0, 20)}`;
  }
}
