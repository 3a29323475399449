import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { csvLine, formatCell, type Row } from './cell-codec.js';
import { addedKeyColumn, DATASET_FILES, type Column, type DatasetFile, type TableName } from './dataset-files.js';

const FLUSH_CHARACTERS = 1 << 18;

/** Writes one of the data set's files, header first, holding at most a few hundred kilobytes. */
export class DatasetFileWriter {
  private buffer: string;
  rows = 0;

  private constructor(
    private readonly handle: FileHandle,
    private readonly columns: readonly Column[],
    private readonly idPrefixes: readonly string[],
  ) {
    this.buffer = csvLine(columns.map(({ name }) => name));
  }

  /**
   * @param withKey write the added key column too (see `DatasetFile.addedKeyPrefix`)
   * @param idPrefix goes before every id, so that the rows cannot be mistaken for those of another data set
   */
  static async open(
    folder: string,
    file: DatasetFile,
    { withKey = false, idPrefix = '' } = {},
  ): Promise<DatasetFileWriter> {
    const added = withKey ? addedKeyColumn(file) : undefined;
    const columns = added ? [...file.columns, added] : file.columns;
    const isId = ({ name, references }: Column): boolean =>
      references !== undefined || (file.key.length === 1 && file.key[0] === name);
    return new DatasetFileWriter(
      await open(join(folder, file.file), 'w'),
      columns,
      columns.map((column) => (isId(column) ? idPrefix : '')),
    );
  }

  /** Takes a row; it reaches the file at the next `flush` or `close`. */
  add(row: Row): void {
    this.rows++;
    this.buffer += csvLine(
      this.columns.map((column, index) => {
        const cell = formatCell(column, row[column.name]);
        return cell === '' ? cell : this.idPrefixes[index]! + cell;
      }),
    );
  }

  get isFull(): boolean {
    return this.buffer.length >= FLUSH_CHARACTERS;
  }

  async flush(): Promise<void> {
    const text = this.buffer;
    this.buffer = '';
    await this.handle.writeFile(text);
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.handle.close();
    }
  }
}

/** The 18 files of a folder, open for writing side by side. */
export class DatasetWriter {
  private constructor(private readonly writers: ReadonlyMap<TableName, DatasetFileWriter>) {}

  static async open(folder: string, { idPrefix = '' } = {}): Promise<DatasetWriter> {
    await mkdir(folder, { recursive: true });
    const writers = new Map<TableName, DatasetFileWriter>();
    for (const file of DATASET_FILES) writers.set(file.table, await DatasetFileWriter.open(folder, file, { idPrefix }));
    return new DatasetWriter(writers);
  }

  add(table: TableName, row: Row): void {
    this.writers.get(table)!.add(row);
  }

  /** Writes out the files whose buffers are full; call it every so often in a long loop. */
  async drain(): Promise<void> {
    for (const writer of this.writers.values()) if (writer.isFull) await writer.flush();
  }

  rows(): Record<string, number> {
    return Object.fromEntries([...this.writers].map(([table, writer]) => [`${table}.csv`, writer.rows]));
  }

  async close(): Promise<void> {
    for (const writer of this.writers.values()) await writer.close();
  }
}
