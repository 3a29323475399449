import { hash } from 'node:crypto';
import { type TimeMove, timeMoves } from './shift-dates.js';
import { cellParser, formatCell, Refused } from '../cell-codec.js';
import { addedKeyColumn, type Column, type DatasetFile, type TableName } from '../dataset-files.js';

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

/** A row as the store keeps it, in the order of `RowParser.names`: JSON as text, 1 and 0 for true and false. */
export type StoredRow = readonly (string | number | null)[];

type Taken =
  | { readonly row: (string | number | null)[]; readonly refused?: undefined }
  | { readonly row?: undefined; readonly refused: RefusedRow };

/**
 * Turns the records of one file into rows, or says what is wrong with them. Holds the keys seen, so it is good for
 * one pass.
 */
export class RowParser {
  /** The columns of the rows. */
  readonly names: readonly string[];
  private readonly columns: readonly Column[];
  private readonly parsers;
  /** Of each column, the keys that it may name. */
  private readonly known: readonly (ReadonlySet<string> | undefined)[];
  private readonly keyPlaces: readonly number[];
  /** Where times stand that must not lie ahead. */
  private readonly pastPlaces: readonly number[];
  /** Where the columns of a content's key stand. */
  private readonly contentPlaces: readonly number[];
  private readonly moves: readonly TimeMove[];
  private readonly seen = new Set<string>();
  private readonly occurrences = new Map<string, number>();

  constructor(
    private readonly file: DatasetFile,
    header: readonly string[],
    known: KnownKeys,
    shiftedDays = 0,
    /** ISO instant after which nothing can have happened. */
    private readonly latest = '9999-12-31T23:59:59.999Z',
  ) {
    const added = addedKeyColumn(file);
    const byName = new Map(
      [...file.columns, ...(added ? [{ ...added, nullable: true }] : [])].map((column) => [column.name, column]),
    );
    this.columns = header.map((name) => byName.get(name)!);
    this.parsers = this.columns.map(storedCellParser);
    this.known = this.columns.map(({ references }) => references && known.get(references)!);
    this.names = added && !header.includes(added.name) ? [...header, added.name] : header;
    this.keyPlaces = file.key.map((name) => this.names.indexOf(name));
    this.moves = shiftedDays === 0 ? [] : timeMoves(this.columns, shiftedDays);
    this.pastPlaces = this.columns.flatMap(({ hasHappened }, place) => (hasHappened ? [place] : []));
    this.contentPlaces = file.columns.map(({ name }) => header.indexOf(name));
  }

  /** @returns `row`, or `refused` with the first thing that is wrong */
  parse(cells: readonly string[]): Taken {
    const { columns, parsers, known, names } = this;
    if (cells.length !== columns.length) {
      return {
        refused: {
          reason: `has ${cells.length} cells where the header has ${columns.length}`,
          value: cells.join(',').slice(0, 200),
        },
      };
    }
    const row = new Array<string | number | null>(names.length).fill(null);
    for (let index = 0; index < cells.length; index++) {
      // a key that is there needs no second look
      const value = known[index]?.has(cells[index]!) ? cells[index]! : parsers[index]!(cells[index]!);
      if (value instanceof Refused)
        return { refused: { column: columns[index]!.name, reason: value.reason, value: cells[index]! } };
      if (value !== null && known[index]?.has(value as string) === false) {
        const { name, references } = columns[index]!;
        const reason = `is not the key of any row of ${references}`;
        return { refused: { column: name, reason, value: cells[index]! } };
      }
      row[index] = value;
    }
    // after the key, which goes by the file's own content wherever its times are moved to
    return this.moved(this.withKey(row));
  }

  private moved(taken: Taken): Taken {
    if (!taken.row) return taken;
    for (const { place, move } of this.moves) taken.row[place] = move(taken.row[place] as string | null);
    const ahead = this.pastPlaces.find((place) => (taken.row[place] as string) > this.latest);
    if (ahead === undefined) return taken;
    return { refused: { column: this.names[ahead]!, reason: 'lies in the future', value: String(taken.row[ahead]) } };
  }

  private withKey(row: (string | number | null)[]): Taken {
    const { keyPlaces, file } = this;
    if (file.addedKeyPrefix) row[keyPlaces[0]!] ??= this.contentKey(row);
    const text = keyPlaces.length === 1 ? String(row[keyPlaces[0]!]) : keyPlaces.map((place) => row[place]).join(' ');
    if (this.seen.has(text))
      return {
        refused: { column: file.key.join(', '), reason: 'repeats the key of an earlier row of the file', value: text },
      };
    this.seen.add(text);
    return { row };
  }

  /** A key that depends on nothing but the row's content and how many rows before it are the same. */
  private contentKey(row: StoredRow): string {
    const { file, contentPlaces } = this;
    const content = file.columns.map((column, index) => formatCell(column, row[contentPlaces[index]!])).join('\u001f');
    const occurrence = (this.occurrences.get(content) ?? 0) + 1;
    this.occurrences.set(content, occurrence);
    return `${file.addedKeyPrefix}_${hash('sha1', `${file.table}\u001f${content}\u001f${occurrence}`).slice(0, 20)}`;
  }
}

/** A cell's value as the store keeps it. */
function storedCellParser(column: Column): (cell: string) => string | number | null | Refused {
  const parse = cellParser(column);
  if (column.type === 'bool') {
    return (cell) => {
      const value = parse(cell);
      return typeof value === 'boolean' ? Number(value) : (value as null | Refused);
    };
  }
  if (column.type === 'json') {
    return (cell) => {
      const value = parse(cell);
      return value === null || value instanceof Refused ? value : JSON.stringify(value);
    };
  }
  return parse as (cell: string) => string | number | null | Refused;
}
