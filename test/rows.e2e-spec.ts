import { DataSource } from 'typeorm';
import { Database, RowKeepers } from '../src/database/index.js';
import { type StartedApp, startApp } from './app.js';

let herald: StartedApp;
beforeAll(async () => (herald = await startApp()));
afterAll(() => herald.stop());

/** The tables that the database has, whoever made them; the queue's own schema on PostgreSQL is BullMQ's. */
async function tablesThere(database: Database): Promise<string[]> {
  const rows = await database.query(
    database.dialect === 'postgres'
      ? `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`
      : `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
  );
  return rows.map(({ name }) => String(name)).sort();
}

async function columnsOf(database: Database, table: string): Promise<string[]> {
  const rows = await database.query(
    database.dialect === 'postgres'
      ? `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ?`
      : 'SELECT name FROM pragma_table_info(?)',
    [table],
  );
  return rows.map(({ name }) => String(name));
}

describe('every table of the database', () => {
  it('has a module that answers for it', async () => {
    const owned = herald.app.get(RowKeepers).tables.map(({ name }) => name);
    const there = await tablesThere(herald.app.get(Database));
    expect(there.length).toBeGreaterThan(40);
    expect(there.filter((name) => !owned.includes(name))).toEqual([]);
    const entities = herald.app.get(DataSource).entityMetadatas.map(({ tableName }) => tableName);
    expect(entities.filter((name) => !owned.includes(name))).toEqual([]);
  });

  it('says what it holds and for how long, by a column that it has', async () => {
    const database = herald.app.get(Database);
    const there = await tablesThere(database);
    for (const { name, holds, keeps } of herald.app.get(RowKeepers).tables) {
      expect([name, holds.length > 5]).toEqual([name, true]);
      const columns = await columnsOf(database, name);
      for (const each of [keeps].flat()) {
        if ('until' in each) expect([name, each.until.length > 5]).toEqual([name, true]);
        else if ('swept' in each) expect([name, each.swept.length > 5]).toEqual([name, true]);
        else if (/^\w+$/.test(each.after) && there.includes(name)) expect(columns).toContain(each.after);
      }
    }
  });

  it('has an answer to an erasure where it can name a lead, and an index for it', async () => {
    const database = herald.app.get(Database);
    const there = await tablesThere(database);
    const dataSource = herald.app.get(DataSource);
    for (const { name, lead, entity } of herald.app.get(RowKeepers).tables) {
      const columns = await columnsOf(database, name);
      if (columns.includes('lead_id')) expect([name, 'none' in lead]).toEqual([name, false]);
      if (!('by' in lead) || !there.includes(name)) continue;
      const { indices, primaryColumns } = dataSource.getMetadata(entity!);
      const firsts = [primaryColumns[0]!.databaseName, ...indices.map(({ columns: [first] }) => first!.databaseName)];
      expect([name, firsts.includes(lead.by)]).toEqual([name, true]);
    }
  });
});
