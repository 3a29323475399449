import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { type StartedApp, startApp } from './app.js';
import { aLead, storeLead } from './factories.js';
import { modernPost } from './mcp-client.js';

const isSqlite = !process.env.HERALD_TEST_DATABASE_URL;

(isSqlite ? describe : describe.skip)('a SQLite file that another process is writing to (SQLite only)', () => {
  let herald: StartedApp;
  let other: BetterSqlite3.Database;
  let leadId: string;
  beforeAll(async () => {
    herald = await startApp({ env: { HERALD_DATABASE_WAIT_SECONDS: '1' } });
    leadId = (await storeLead(herald)).lead_id as string;
    other = new BetterSqlite3(join(herald.dataDir, 'herald.sqlite'));
  });
  afterAll(async () => {
    other.close();
    await herald.stop();
  });
  beforeEach(() => void other.exec('BEGIN IMMEDIATE'));
  afterEach(() => void (other.inTransaction && other.exec('COMMIT')));

  it('has a write refused with 503 and Retry-After in time, and taken once it is free', async () => {
    const refused = await herald.call('POST', '/api/v1/leads', aLead());
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.body).toMatchObject({ code: 'unavailable', detail: expect.stringContaining('another process') });
    other.exec('COMMIT');
    expect((await herald.call('POST', '/api/v1/leads', aLead())).status).toBe(201);
  });

  it('answers reads as ever', async () => {
    expect((await herald.call('GET', `/api/v1/leads/${leadId}`)).status).toBe(200);
    expect((await herald.call('GET', '/api/v1/leads')).status).toBe(200);
  });

  it('says so to JSON-RPC and to MCP too', async () => {
    const rpc = await herald.call('POST', '/rpc', {
      jsonrpc: '2.0',
      id: 1,
      method: 'lead.triage',
      params: { lead_id: leadId },
    });
    const unavailable = { code: 'unavailable', retry_after: expect.any(Number) as number };
    expect(rpc.body.error.data).toMatchObject(unavailable);
    const mcp = await modernPost(herald, 'tools/call', { name: 'lead_triage', arguments: { lead_id: leadId } });
    expect(JSON.stringify(await mcp.json())).toContain('another process is writing');
  });
});
