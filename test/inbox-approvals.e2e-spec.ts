import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { migrations } from '../migrations/index.js';
import { FixedClock } from '../src/config/index.js';
import { type StartedApp, startApp } from './app.js';
import { storeLead } from './factories.js';

const MONDAY = '2026-03-02T10:00:00.000Z';
const PASSWORD = 'correct horse battery 9';

let herald: StartedApp;
beforeAll(async () => (herald = await startApp({ clock: new FixedClock(MONDAY) })));
afterAll(() => herald.stop());

const call = (method: string, path: string, body?: unknown, token?: string) =>
  herald.call(method, `/api/v1${path}`, body, token === undefined ? {} : { token });

/** A user that is signed in. */
async function signIn(name: string, role = 'manager'): Promise<{ id: string; token: string }> {
  const email = `${name}@herald.example`;
  const { body: user } = await call('POST', '/users', { email, password: PASSWORD, role });
  const { body: session } = await call('POST', '/auth/login', { email, password: PASSWORD });
  return { id: user.user_id, token: session.access_token };
}

async function asksToDelete(leadId: string, token: string): Promise<string> {
  await storeLead(herald, { lead_id: leadId });
  const { body } = await call('POST', '/approvals', { operation: 'lead.delete', input: { lead_id: leadId } }, token);
  return body.approval_id;
}

describe('calls that wait for a yes', () => {
  it('are never those that carry a secret', async () => {
    const input = { email: 'new@herald.example', password: PASSWORD, role: 'admin' };
    for (const operation of ['user.create', 'user.update', 'api_key.create']) {
      const { status, body } = await call('POST', '/approvals', { operation, input });
      expect([status, body.errors?.[0]?.path]).toEqual([400, 'operation']);
    }
    expect(JSON.stringify((await call('GET', '/approvals')).body)).not.toContain(PASSWORD);
    expect(JSON.stringify((await call('GET', '/inbox')).body)).not.toContain(PASSWORD);
  });

  it('lapse when who asked was disabled since', async () => {
    const { id, token } = await signIn('dan');
    const approvalId = await asksToDelete('L-dan', token);
    expect((await call('PATCH', `/users/${id}`, { status: 'disabled' })).status).toBe(200);
    const { status, body } = await call('POST', `/approvals/${approvalId}/approve`);
    expect([status, body.code]).toEqual([409, 'approval_lapsed']);
    expect(body.detail).toContain('may not do anything any more');
    expect((await call('GET', `/approvals/${approvalId}`)).body.status).toBe('lapsed');
    expect((await call('GET', '/leads/L-dan')).status).toBe(200);
  });

  it('lapse when who asked lost the scope since, or their key was revoked', async () => {
    const { id, token } = await signIn('eva');
    const approvalId = await asksToDelete('L-eva', token);
    await call('PATCH', `/users/${id}`, { role: 'viewer' });
    expect((await call('POST', `/approvals/${approvalId}/approve`)).body.detail).toContain('does not have the scope');

    const { body: key } = await call('POST', '/api-keys', { name: 'bot', scopes: ['leads:write'] });
    const ofKey = await asksToDelete('L-key', key.key);
    await call('DELETE', `/api-keys/${key.key_id}`);
    expect((await call('POST', `/approvals/${ofKey}/approve`)).body.code).toBe('approval_lapsed');
  });

  it('are carried out while who asked may, and the audit names what they were about', async () => {
    const { id, token } = await signIn('fay');
    const approvalId = await asksToDelete('L-fay', token);
    expect((await call('POST', `/approvals/${approvalId}/approve`)).body.status).toBe('executed');
    const audit = async (query: string) => (await call('GET', `/audit?${query}`)).body.items;
    expect(await audit(`subject_id=${approvalId}`)).toMatchObject([
      { operation: 'approval.approve', subject_kind: 'approval' },
      { operation: 'approval.request', principal_id: id },
    ]);
    // a lead that is erased leaves no name here either
    expect(await audit(`principal_id=${id}&operation=lead.delete`)).toMatchObject([
      { door: 'approval', subject_kind: 'lead', subject_id: null },
    ]);
    expect(await audit('since=2027-01-01T00:00:00Z')).toEqual([]);
    expect((await call('GET', '/audit', undefined, token)).status).toBe(403);
  });
});

it('what was asked for with a secret before is withheld, and what still waited lapses', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'herald-secrets-'));
  const scrub = migrations.find(({ name }) => name.startsWith('TheAuditNamesItsSubject'))!;
  const dataSource = await new DataSource({
    type: 'better-sqlite3',
    database: join(folder, 'herald.sqlite'),
    migrations: migrations.slice(0, migrations.indexOf(scrub)),
  }).initialize();
  try {
    await dataSource.runMigrations();
    const effect = JSON.stringify({ operation: 'user.create', input: { password: PASSWORD }, requester: { id: 'u1' } });
    await dataSource.query(
      `INSERT INTO approvals (approval_id, kind, title, effect, effect_hash, state_ref, state_hash, evidence, blast_radius, requested_by, expires_at, created_at)
       VALUES ('A1', 'operation.call', ?, ?, 'h', '{}', 'h', '{}', ?, 'u1', ?, ?)`,
      [`Add a user: ${effect}`, effect, effect, MONDAY, MONDAY],
    );
    const runner = dataSource.createQueryRunner();
    await new scrub().up(runner);
    const rows = (await dataSource.query('SELECT * FROM approvals')) as object[];
    expect(JSON.stringify(rows)).not.toContain(PASSWORD);
    expect(rows).toMatchObject([{ status: 'lapsed', sort_key: null }]);
  } finally {
    await dataSource.destroy();
    rmSync(folder, { recursive: true });
  }
});
