import { FixedClock, KEEP_DAYS, type KeepKind, keepSetting } from '../src/config/index.js';
import { Database, Retention, RowKeepers, UnitOfWork } from '../src/database/index.js';
import { Queues } from '../src/queue/index.js';
import { Journal } from '../src/operations/index.js';
import { AuditEntry } from '../src/operations/audit/audit-entry.entity.js';
import { TransportHttpRequest } from '../src/operations/journal/transport.entities.js';
import { readFileSync } from 'node:fs';
import { ADMIN, type StartedApp, startApp } from './app.js';
import { settled, storeInteraction, storeLead } from './factories.js';

const START = '2026-03-02T10:00:00.000Z';
const DAY_MS = 86_400_000;

let herald: StartedApp;
let clock: FixedClock;
beforeAll(async () => {
  clock = new FixedClock(START);
  herald = await startApp({ clock });
});
afterAll(() => herald.stop());
/** Sessions end with the clock's moves too. */
const signIn = async (): Promise<void> => {
  const { body } = await herald.call('POST', '/api/v1/auth/login', ADMIN, { token: null });
  const call = herald.call.bind(herald);
  herald = {
    ...herald,
    call: (method, path, given, options) => call(method, path, given, { token: body.access_token, ...options }),
  };
};

const after = (days: number): string => new Date(Date.parse(START) + days * DAY_MS).toISOString();
const count = async (table: string): Promise<number> =>
  Number((await herald.app.get(Database).query(`SELECT COUNT(*) AS n FROM ${table}`))[0]!.n);

const anEntry = (index: number, at: string): AuditEntry => ({
  audit_id: `aud_${index}_${at}`,
  at,
  operation: 'lead.create',
  principal_id: 'usr_1',
  principal_kind: 'user',
  door: 'rest',
  request_id: `req_${index}`,
});

describe('rows that have outstayed their time', () => {
  it('go in small steps, and younger ones stay', async () => {
    clock.set(START);
    const units = herald.app.get(UnitOfWork);
    await units.run((unit) =>
      unit
        .of(AuditEntry)
        .insert([
          ...Array.from({ length: 1_700 }, (_, index) => anEntry(index, after(-KEEP_DAYS.audit - 1))),
          ...Array.from({ length: 20 }, (_, index) => anEntry(index, after(-KEEP_DAYS.audit + 1))),
        ]),
    );
    const before = await count('audit_log');
    const steps: number[] = [];
    const run = units.run.bind(units);
    const watched = jest.spyOn(units, 'run').mockImplementation((work) =>
      run(async (unit) => {
        const result = await work(unit);
        if (typeof result === 'number' && result > 0) steps.push(result);
        return result;
      }),
    );
    expect(await herald.app.get(Retention).sweep()).toMatchObject({ audit_log: 1_700 });
    watched.mockRestore();
    expect(await count('audit_log')).toBe(before - 1_700);
    expect(Math.max(...steps)).toBeLessThanOrEqual(500);
    expect(steps.length).toBeGreaterThanOrEqual(4);
  });

  it('are only those that this server wrote, where a table is also filled by imports', async () => {
    clock.set(START);
    const row = { request_id: 'r', timestamp: START, method: 'GET', status_code: 200, bytes_in: 1, bytes_out: 1 };
    const journal = herald.app.get(Journal);
    journal.record(TransportHttpRequest, { entry_id: 'HTTP00001-1', ...row });
    journal.record(TransportHttpRequest, { entry_id: 'http_of_ours', ...row });
    await journal.flush();
    clock.set(after(KEEP_DAYS.journal + 1));
    await herald.app.get(Retention).sweep();
    const left = await herald.app.get(Database).query('SELECT entry_id FROM transport_http_requests');
    expect(left.map(({ entry_id }) => entry_id)).toContain('HTTP00001-1');
    expect(left.map(({ entry_id }) => entry_id)).not.toContain('http_of_ours');
  });

  it('are gone from every table that states days once those have passed; what is still under way stays', async () => {
    clock.set(START);
    await signIn();
    const { lead_id } = await storeLead(herald, { company_size: '5000+' });
    for (let index = 0; index < 2; index++) await storeInteraction(herald, lead_id, { outcome: 'positive' });
    await herald.call('POST', `/api/v1/leads/${lead_id}/triage`, {}, { headers: { 'idempotency-key': 'once' } });
    await settled(herald);
    await herald.app.get(Journal).flush();
    const open = await count(`escalations WHERE status <> 'resolved'`);
    const filled = ['audit_log', 'decisions', 'handoffs', 'agent_actions', 'interactions', 'idempotency_keys'];
    for (const table of filled) expect([table, await count(table)]).not.toEqual([table, 0]);
    const last = Math.max(...Object.values(KEEP_DAYS));
    // what falls due meanwhile would leave young rows of its own
    await herald.app.get(Queues).hold(async () => {
      for (const kind of [...(Object.keys(KEEP_DAYS) as KeepKind[])].sort((a, b) => KEEP_DAYS[a] - KEEP_DAYS[b])) {
        clock.set(after(KEEP_DAYS[kind] + 1));
        await herald.app.get(Retention).sweep();
      }
    });
    expect(clock.iso()).toBe(after(last + 1));
    for (const table of filled) expect([table, await count(table)]).toEqual([table, 0]);
    expect(await count('leads')).toBe(1);
    expect(await count(`escalations WHERE status <> 'resolved'`)).toBe(open);
  });
});

describe('GET /api/v1/system/storage', () => {
  it('says of each table what it holds, for how long, and how much', async () => {
    await signIn();
    const { status, body } = await herald.call('GET', '/api/v1/system/storage');
    expect(status).toBe(200);
    const tables = new Map<string, { rows: number; bytes: number; kept: string }>(
      body.tables.map((table: { table: string }) => [table.table, table]),
    );
    expect(tables.get('leads')).toMatchObject({ rows: 1, kept: 'until the lead is erased' });
    expect(tables.get('audit_log')!.kept).toBe('730 days (HERALD_KEEP_AUDIT_DAYS) after at');
    expect(tables.get('leads')!.bytes).toBeGreaterThan(0);
    const owned = herald.app.get(RowKeepers).tables.map(({ name }) => name);
    expect([...tables.keys()].filter((name) => !owned.includes(name))).toEqual([]);
    expect(body.bytes).toBe([...tables.values()].reduce((sum, { bytes }) => sum + bytes, 0));
  });

  it('agrees with what docs/operations.md says', async () => {
    await signIn();
    const { body } = await herald.call('GET', '/api/v1/system/storage');
    const stated = body.tables
      .filter(({ table }: { table: string }) => !table.startsWith('memory_episodic_fts'))
      .map(({ table, holds, kept }: Record<string, string>) => `| \`${table}\` | ${holds} | ${kept} |`);
    // tables are aligned with spaces
    const read = (file: string) => readFileSync(file, 'utf8').replace(/ +/g, ' ');
    const documented = read('docs/operations.md').split('\n');
    expect(stated.filter((line: string) => !documented.includes(line))).toEqual([]);
    const settings = read('docs/configuration.md');
    for (const kind of Object.keys(KEEP_DAYS) as KeepKind[])
      expect(settings).toContain(`| \`${keepSetting(kind)}\` | \`${KEEP_DAYS[kind]}\` |`);
  });
});
