import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { pino } from 'pino';
import request, { type Response } from 'supertest';
import { AdminBootstrap, AuthModule, type UserRole } from '../src/auth/index.js';
import { SecurityAuthEvent } from '../src/auth/security-events/security-journal.js';
import { User } from '../src/auth/users/user.entity.js';
import { ConfigModule, FixedClock, Settings } from '../src/config/index.js';
import { Database, DatabaseModule, UnitOfWork } from '../src/database/index.js';
import { RestModule } from '../src/doors/rest/index.js';
import { Journal, OperationsModule } from '../src/operations/index.js';
import { Log, TelemetryModule, logOptions } from '../src/telemetry/index.js';

const ADMIN = 'admin@herald.local';
const PASSWORD = 'a long enough password';
const MINUTE = 60_000;
const BEARER = { type: 'bearer' } as const;

/** Herald's auth alone, on a clock that stands still. */
async function startAuth(environment: Record<string, string> = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'herald-auth-'));
  const clock = new FixedClock('2026-01-05T09:00:00.000Z');
  const settings = new Settings({
    HERALD_DATA_DIR: dataDir,
    HERALD_ADMIN_PASSWORD: PASSWORD,
    LOG_LEVEL: 'trace',
    ...environment,
  });
  const logLines: string[] = [];
  const log = new Log(settings, pino(logOptions('trace'), { write: (line: string) => void logLines.push(line) }));
  const imports = [ConfigModule.with(settings, clock), TelemetryModule, DatabaseModule, OperationsModule, AuthModule];
  const module = await Test.createTestingModule({ imports: [...imports, RestModule.over(imports)] })
    .overrideProvider(Log)
    .useValue(log)
    .compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: log });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  await app.get(AdminBootstrap).ensure();

  const http = () => request(app.getHttpServer());
  const login = (email = ADMIN, password = PASSWORD): Promise<Response> =>
    http().post('/api/v1/auth/login').send({ email, password }).then();
  const adminToken = async (): Promise<string> => (await login()).body.access_token;
  return {
    app,
    clock,
    dataDir,
    logLines,
    http,
    login,
    adminToken,
    secret: (name: string) => join(dataDir, 'secrets', name),
    me: (token: string) => http().get('/api/v1/auth/me').auth(token, BEARER),
    refresh: (refresh_token: string) => http().post('/api/v1/auth/refresh').send({ refresh_token }),
    post: (path: string, token: string, body: object) => http().post(path).auth(token, BEARER).send(body),
    async addUser(
      role: UserRole,
      email = `${role}@example.com`,
    ): Promise<{ user_id: string; version: number; email: string }> {
      const { body } = await http()
        .post('/api/v1/users')
        .auth(await adminToken(), BEARER)
        .send({ email, password: PASSWORD, role });
      return body;
    },
    async addKey(scopes: string[], more: object = {}): Promise<{ key: string; key_id: string }> {
      const { body } = await http()
        .post('/api/v1/api-keys')
        .auth(await adminToken(), BEARER)
        .send({ name: 'sync', scopes, ...more });
      return body;
    },
    async events(): Promise<string[]> {
      await app.get(Journal).flush();
      const rows = await app
        .get(Database)
        .of(SecurityAuthEvent)
        .find({}, { order: { event_id: 'asc' } });
      return rows.map(
        ({ principal, auth_mechanism, scope, result }) => `${principal} ${auth_mechanism} ${scope} ${result}`,
      );
    },
    async stop(): Promise<void> {
      await app.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/** What a caller sees of a refusal, without what is different each time. */
const seen = ({ status, body }: Response) => ({ status, ...body, request_id: undefined });

describe('auth', () => {
  let herald: Awaited<ReturnType<typeof startAuth>>;
  const start = async (environment?: Record<string, string>) => (herald = await startAuth(environment));
  afterEach(() => herald.stop());

  describe('sessions', () => {
    it('signs in and says who the caller is', async () => {
      const { login, me, events } = await start();
      const { status, body, headers } = await login('Admin@Herald.local');
      expect(status).toBe(200);
      expect(headers['cache-control']).toBe('no-store');
      expect(body).toEqual({
        access_token: expect.any(String),
        refresh_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: 900,
      });
      const answer = await me(body.access_token);
      expect(answer.body).toMatchObject({ kind: 'user', name: ADMIN, role: 'admin' });
      expect(answer.body.scopes).toEqual(expect.arrayContaining(['leads:write', 'memory:rw']));
      expect(await events()).toEqual([`${ADMIN} Password auth:login success`]);
    });

    it('answers 401 as a problem with WWW-Authenticate, and reads no token from the address', async () => {
      const { http, adminToken } = await start();
      const token = await adminToken();
      const answer = await http().get(`/api/v1/auth/me?access_token=${token}`);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('Bearer');
      expect(answer.headers['content-type']).toContain('application/problem+json');
    });

    it('refuses an access token once its 15 minutes are over', async () => {
      const { me, adminToken, clock, events } = await start();
      const token = await adminToken();
      clock.advance(15 * MINUTE - 1);
      expect((await me(token)).status).toBe(200);
      clock.advance(1);
      expect((await me(token)).status).toBe(401);
      expect(await events()).toContain('unknown JWT auth:access expired');
    });

    it('rotates the refresh token with each use', async () => {
      const { login, refresh, me } = await start();
      const first = (await login()).body;
      const second = await refresh(first.refresh_token);
      expect(second.status).toBe(200);
      expect(second.body.refresh_token).not.toBe(first.refresh_token);
      expect((await me(second.body.access_token)).status).toBe(200);
      expect((await refresh(second.body.refresh_token)).status).toBe(200);
    });

    it('ends the whole session when a used refresh token is shown again', async () => {
      const { login, refresh, me, events } = await start();
      const other = (await login()).body;
      const stolen = (await login()).body;
      const { body: successor } = await refresh(stolen.refresh_token);
      expect((await me(successor.access_token)).status).toBe(200);
      expect((await refresh(stolen.refresh_token)).status).toBe(401);
      expect((await refresh(successor.refresh_token)).status).toBe(401);
      expect((await me(successor.access_token)).status).toBe(401);
      expect((await me(other.access_token)).status).toBe(200);
      expect(await events()).toContain(`${ADMIN} JWT auth:refresh denied`);
    });

    it('lets only one of two simultaneous uses of a refresh token through', async () => {
      const { login, refresh } = await start();
      const { refresh_token } = (await login()).body;
      const statuses = (await Promise.all([refresh(refresh_token), refresh(refresh_token)])).map(
        ({ status }) => status,
      );
      expect(statuses.sort()).toEqual([200, 401]);
    });

    it('refuses a refresh token after two weeks', async () => {
      const { login, refresh, clock } = await start();
      const { refresh_token } = (await login()).body;
      clock.advance(14 * 24 * 60 * MINUTE);
      expect((await refresh(refresh_token)).status).toBe(401);
    });

    it('signs out of one session, or of all', async () => {
      const { login, me, refresh, post } = await start();
      const [one, two, three] = [(await login()).body, (await login()).body, (await login()).body];
      expect((await me(one.access_token)).status).toBe(200);
      expect((await post('/api/v1/auth/logout', one.access_token, { refresh_token: one.refresh_token })).status).toBe(
        204,
      );
      expect((await me(one.access_token)).status).toBe(401);
      expect((await me(two.access_token)).status).toBe(200);
      expect((await post('/api/v1/auth/logout', two.access_token, {})).status).toBe(204);
      expect((await me(two.access_token)).status).toBe(401);
      expect((await refresh(three.refresh_token)).status).toBe(401);
    });

    it('ends the other sessions when the password changes, and takes away the generated password', async () => {
      const { login, me, post, secret } = await start({ HERALD_ADMIN_PASSWORD: '' });
      const generated = readFileSync(secret('admin-password'), 'utf8').trim();
      const other = (await login(ADMIN, generated)).body;
      const { access_token } = (await login(ADMIN, generated)).body;
      const change = (current_password: string, new_password: string) =>
        post('/api/v1/auth/password', access_token, { current_password, new_password });
      expect((await change('not the password', PASSWORD)).status).toBe(403);
      const [error] = (await change(generated, 'Password-1234')).body.errors;
      expect(error).toEqual({ path: 'new_password', reason: expect.stringContaining('common') });
      const { status, body } = await change(generated, PASSWORD);
      expect(status).toBe(200);
      expect((await me(body.access_token)).status).toBe(200);
      expect((await me(other.access_token)).status).toBe(401);
      expect((await login(ADMIN, generated)).status).toBe(401);
      expect((await login(ADMIN, PASSWORD)).status).toBe(200);
      expect(existsSync(secret('admin-password'))).toBe(false);
    });
  });

  describe('lock-out', () => {
    it('refuses even the right password for 15 minutes after five wrong ones, then for longer', async () => {
      const { login, clock, events } = await start();
      for (let attempt = 0; attempt < 5; attempt++) expect((await login(ADMIN, 'wrong')).status).toBe(401);
      expect((await login()).status).toBe(401);
      clock.advance(15 * MINUTE - 1);
      expect((await login()).status).toBe(401);
      clock.advance(1);
      expect((await login(ADMIN, 'wrong')).status).toBe(401);
      clock.advance(15 * MINUTE);
      expect((await login()).status).toBe(401);
      clock.advance(15 * MINUTE);
      expect((await login()).status).toBe(200);
      expect((await events()).filter((event) => event.includes('auth:lockout'))).toHaveLength(2);
    });

    it('counts from the start after a right password', async () => {
      const { login } = await start();
      for (let round = 0; round < 3; round++) {
        for (let attempt = 0; attempt < 4; attempt++) await login(ADMIN, 'wrong');
        expect((await login()).status).toBe(200);
      }
    });

    it('locks once, not longer and longer, when many wrong passwords come at the same time', async () => {
      const { login, clock, events } = await start();
      await Promise.all(Array.from({ length: 8 }, () => login(ADMIN, 'wrong')));
      const lockOuts = (await events()).filter((event) => event.includes('auth:lockout'));
      expect(lockOuts).toHaveLength(1);
      clock.advance(15 * MINUTE);
      expect((await login()).status).toBe(200);
    });

    it('gives the same answers for an account that does not exist', async () => {
      const { login } = await start();
      for (let attempt = 0; attempt < 12; attempt++) {
        const [known, unknown] = [await login(ADMIN, 'wrong'), await login('nobody@herald.local', 'wrong')];
        expect(seen(unknown)).toEqual(seen(known));
        expect(unknown.headers['retry-after']).toBe(known.headers['retry-after']);
      }
    });

    it('takes ten attempts a minute on one account from one address', async () => {
      const { login, clock } = await start();
      for (let attempt = 0; attempt < 10; attempt++)
        expect((await login('nobody@herald.local', 'wrong')).status).toBe(401);
      const answer = await login('nobody@herald.local', 'wrong');
      expect(answer.status).toBe(429);
      expect(answer.headers['retry-after']).toBe('6');
      clock.advance(6_000);
      expect((await login('nobody@herald.local', 'wrong')).status).toBe(401);
    });
  });

  describe('API keys', () => {
    it('are shown once, kept as a hash, and carry their scopes only', async () => {
      const { addKey, http, app } = await start();
      const { key } = await addKey(['keys:read', 'leads:read']);
      const list = await http().get('/api/v1/api-keys').set('X-API-Key', key);
      expect(list.body.items).toHaveLength(1);
      expect(list.body.items[0]).toMatchObject({
        name: 'sync',
        prefix: key.slice(0, 10),
        scopes: ['keys:read', 'leads:read'],
      });
      expect(JSON.stringify(list.body)).not.toContain(key);
      expect(JSON.stringify(await app.get(Database).query('SELECT * FROM api_keys'))).not.toContain(key);
      expect((await http().get('/api/v1/users').set('X-API-Key', key)).status).toBe(403);
      expect((await http().get('/api/v1/auth/me').auth(key, BEARER)).body.kind).toBe('api_key');
    });

    it('stop working at once when they are revoked', async () => {
      const { addKey, http, adminToken, events } = await start();
      const { key, key_id } = await addKey(['leads:read']);
      const use = () => http().get('/api/v1/auth/me').set('X-API-Key', key);
      expect((await use()).status).toBe(200);
      const revoke = () =>
        adminToken().then((token) => http().delete(`/api/v1/api-keys/${key_id}`).auth(token, BEARER));
      expect((await revoke()).status).toBe(204);
      expect((await use()).status).toBe(401);
      expect((await revoke()).status).toBe(204);
      expect(await events()).toContain('sync APIKey auth:access denied');
    });

    it('end at their time', async () => {
      const { addKey, http, clock } = await start();
      const { key } = await addKey(['leads:read'], { expires_at: '2026-01-05T09:00:01Z' });
      const use = () => http().get('/api/v1/auth/me').set('X-API-Key', key);
      expect((await use()).status).toBe(200);
      clock.advance(1_000);
      expect((await use()).status).toBe(401);
    });

    it('never do more than their owner may at that moment', async () => {
      const { addUser, login, post, adminToken, http } = await start();
      const owner = await addUser('admin', 'bo@example.com');
      const { access_token } = (await login('bo@example.com')).body;
      const { key } = (
        await post('/api/v1/api-keys', access_token, { name: 'bo', scopes: ['leads:read', 'leads:write'] })
      ).body;
      const scopes = async () => (await http().get('/api/v1/auth/me').set('X-API-Key', key)).body.scopes;
      const change = async (body: object) =>
        http()
          .patch(`/api/v1/users/${owner.user_id}`)
          .auth(await adminToken(), BEARER)
          .send(body);
      expect(await scopes()).toEqual(['leads:read', 'leads:write']);
      await change({ role: 'viewer' });
      expect(await scopes()).toEqual(['leads:read']);
      await change({ status: 'disabled' });
      expect((await http().get('/api/v1/auth/me').set('X-API-Key', key)).status).toBe(401);
    });

    it('cannot be granted scopes that the caller lacks', async () => {
      const { addKey, http } = await start();
      const { key } = await addKey(['keys:write', 'leads:read']);
      const make = (body: object) =>
        http()
          .post('/api/v1/api-keys')
          .set('X-API-Key', key)
          .send({ name: 'child', ...body });
      expect((await make({ scopes: ['leads:read', 'leads:write'] })).body.detail).toContain('leads:write');
      expect((await make({ role: 'viewer' })).status).toBe(403);
      expect((await make({ scopes: ['leads:everything'] })).status).toBe(400);
      expect((await make({})).status).toBe(400);
      expect((await make({ scopes: ['leads:read'] })).status).toBe(201);
    });
  });

  describe('users', () => {
    it('are added, read, changed under their version, and removed', async () => {
      const { http, adminToken, addUser, login } = await start();
      const token = await adminToken();
      const { user_id, version } = await addUser('viewer', 'Ana@Example.com');
      const path = `/api/v1/users/${user_id}`;
      const read = await http().get(path).auth(token, BEARER);
      expect(read.body).toMatchObject({ email: 'ana@example.com', role: 'viewer', status: 'active' });
      expect(Object.keys(read.body)).not.toContain('password_hash');
      expect(read.headers.etag).toBe(`"${version}"`);
      const change = (ifMatch: string, body: object) =>
        http().patch(path).auth(token, BEARER).set('If-Match', ifMatch).send(body);
      expect((await change('"7"', { role: 'analyst' })).status).toBe(412);
      expect((await change(`"${version}"`, { role: 'analyst' })).body).toMatchObject({
        role: 'analyst',
        version: version + 1,
      });
      expect((await login('ana@example.com')).status).toBe(200);
      expect((await http().delete(path).auth(token, BEARER)).status).toBe(204);
      expect((await http().get(path).auth(token, BEARER)).status).toBe(404);
      expect((await login('ana@example.com')).status).toBe(401);
    });

    it('have one account for an address', async () => {
      const { post, adminToken, addUser } = await start();
      await addUser('viewer', 'ana@example.com');
      const again = await post('/api/v1/users', await adminToken(), {
        email: 'ANA@example.com',
        password: PASSWORD,
        role: 'viewer',
      });
      expect(again).toMatchObject({ status: 409, body: { code: 'email_taken' } });
    });

    it('lose their sessions when their role changes or they are disabled', async () => {
      const { http, adminToken, addUser, login, me, refresh } = await start();
      const admin = await adminToken();
      const { user_id } = await addUser('manager');
      for (const body of [{ role: 'viewer' }, { status: 'disabled' }]) {
        const { access_token, refresh_token } = (await login('manager@example.com')).body;
        expect((await me(access_token)).status).toBe(200);
        expect((await http().patch(`/api/v1/users/${user_id}`).auth(admin, BEARER).send(body)).status).toBe(200);
        expect((await me(access_token)).status).toBe(401);
        expect((await refresh(refresh_token)).status).toBe(401);
      }
      expect((await login('manager@example.com')).status).toBe(401);
    });

    it('always include an active admin', async () => {
      const { http, adminToken, me } = await start();
      const token = await adminToken();
      const path = `/api/v1/users/${(await me(token)).body.id}`;
      for (const body of [{ role: 'manager' }, { status: 'disabled' }]) {
        const answer = await http().patch(path).auth(token, BEARER).send(body);
        expect(answer).toMatchObject({ status: 409, body: { code: 'last_admin' } });
      }
      expect((await http().delete(path).auth(token, BEARER)).status).toBe(409);
      expect((await me(token)).status).toBe(200);
    });

    it('cannot be made or taken over by somebody who may do less than they', async () => {
      const { addKey, http, adminToken, me } = await start();
      const { key } = await addKey(['users:read', 'users:write']);
      const { id } = (await me(await adminToken())).body;
      const takeOver = await http()
        .patch(`/api/v1/users/${id}`)
        .set('X-API-Key', key)
        .send({ password: 'chosen by the intruder' });
      expect(takeOver.status).toBe(403);
      expect((await http().delete(`/api/v1/users/${id}`).set('X-API-Key', key)).status).toBe(403);
      const body = { email: 'mole@example.com', password: PASSWORD, role: 'admin' };
      expect((await http().post('/api/v1/users').set('X-API-Key', key).send(body)).status).toBe(403);
    });

    it('see only what their role allows, and a refusal is recorded with the missing scope', async () => {
      const { addUser, login, http, events } = await start();
      await addUser('viewer');
      const { access_token } = (await login('viewer@example.com')).body;
      for (const path of ['users', 'api-keys', 'security-events']) {
        expect((await http().get(`/api/v1/${path}`).auth(access_token, BEARER)).status).toBe(403);
      }
      const recorded = await events();
      for (const scope of ['users:read', 'keys:read', 'security:read']) {
        expect(recorded).toContain(`viewer@example.com JWT ${scope} denied`);
      }
    });
  });

  describe('rate limit', () => {
    it('answers 429 with Retry-After once a principal has used its minute, whichever token it shows', async () => {
      const { login, me, addKey, http, clock } = await start({ HERALD_RATE_LIMIT: '6' });
      const [one, two] = [(await login()).body, (await login()).body];
      const { key } = await addKey(['leads:read']);
      clock.advance(MINUTE);
      for (let count = 0; count < 6; count++) {
        const answer = await me(count % 2 ? one.access_token : two.access_token);
        expect(answer.status).toBe(200);
        expect(answer.headers.ratelimit).toBe(`"requests";r=${5 - count};t=${(count + 1) * 10}`);
      }
      const refused = await me(one.access_token);
      expect(refused.status).toBe(429);
      expect(refused.body.code).toBe('rate_limited');
      expect(refused.headers['retry-after']).toBe('10');
      expect((await http().get('/api/v1/auth/me').set('X-API-Key', key)).status).toBe(200);
      clock.advance(10_000);
      expect((await me(one.access_token)).status).toBe(200);
    });

    it('counts those who are not let in by their address', async () => {
      const { http } = await start({ HERALD_RATE_LIMIT: '3' });
      const statuses: number[] = [];
      for (let count = 0; count < 4; count++)
        statuses.push((await http().get('/api/v1/auth/me').set('X-API-Key', `hk_${count}`)).status);
      expect(statuses).toEqual([401, 401, 401, 429]);
    });

    it('is off at 0', async () => {
      const { me, adminToken } = await start({ HERALD_RATE_LIMIT: '0' });
      expect((await me(await adminToken())).headers).not.toHaveProperty('ratelimit');
    });
  });

  describe('secrets', () => {
    it('are made at the first start, for the owner of the folder only, and kept at the second', async () => {
      const { secret, app, login } = await start({ HERALD_ADMIN_PASSWORD: '' });
      for (const name of ['jwt-secret', 'admin-password']) expect(statSync(secret(name)).mode & 0o777).toBe(0o600);
      expect(statSync(secret('.')).mode & 0o777).toBe(0o700);
      const password = readFileSync(secret('admin-password'), 'utf8').trim();
      expect(await app.get(AdminBootstrap).ensure()).toEqual({
        email: ADMIN,
        isNew: false,
        passwordFile: secret('admin-password'),
      });
      expect((await login(ADMIN, password)).status).toBe(200);
    });

    it('belong to one admin, though two processes start at the same time', async () => {
      const { secret, app, login } = await start({ HERALD_ADMIN_PASSWORD: '' });
      await app.get(UnitOfWork).run((unit) => unit.of(User).delete({}));
      rmSync(secret('admin-password'));
      const bootstrap = app.get(AdminBootstrap);
      const answers = await Promise.all([bootstrap.ensure(), bootstrap.ensure()]);
      expect(answers.map(({ isNew }) => isNew).sort()).toEqual([false, true]);
      expect((await login(ADMIN, readFileSync(secret('admin-password'), 'utf8').trim())).status).toBe(200);
    });

    it('use an admin password that the environment gives, and warn where it is weak', async () => {
      const { login, logLines, dataDir } = await start({ HERALD_ADMIN_PASSWORD: 'weak' });
      expect((await login(ADMIN, 'weak')).status).toBe(200);
      expect(logLines.join('')).toContain('HERALD_ADMIN_PASSWORD must have at least 12 characters');
      expect(readdirSync(join(dataDir, 'secrets'))).toEqual(['jwt-secret']);
    });

    it('are not written where the environment gives them', async () => {
      const { dataDir } = await start({ HERALD_JWT_SECRET: 'x'.repeat(32) });
      expect(readdirSync(dataDir)).not.toContain('secrets');
    });

    it('reach neither the log nor the database in clear', async () => {
      const { login, refresh, addKey, addUser, me, http, logLines, app, secret } = await start();
      const { access_token, refresh_token } = (await login()).body;
      await login(ADMIN, 'a wrong but telling password');
      const successor = (await refresh(refresh_token)).body;
      await refresh(refresh_token);
      await me(access_token);
      const { key } = await addKey(['leads:read']);
      await http().get('/api/v1/users').set('X-API-Key', key);
      await http().get('/api/v1/auth/me').set('X-API-Key', `${key}x`);
      await addUser('viewer');
      await app.get(Journal).flush();
      const tables = ['users', 'refresh_tokens', 'api_keys', 'security_auth_events', 'audit_log', 'idempotency_keys'];
      const rows = await Promise.all(tables.map((table) => app.get(Database).query(`SELECT * FROM ${table}`)));
      const written = logLines.join('') + JSON.stringify(rows);
      const jwtSecret = readFileSync(secret('jwt-secret'), 'utf8').trim();
      const tokens = [access_token, refresh_token, successor.refresh_token, key];
      for (const value of [PASSWORD, 'a wrong but telling password', jwtSecret, ...tokens]) {
        expect(written).not.toContain(value);
      }
      expect(logLines.length).toBeGreaterThan(0);
      expect(logLines.join('')).not.toContain(ADMIN);
    });
  });

  describe('security events', () => {
    it('are listed newest first, by filter and page', async () => {
      const { login, adminToken, http, clock, events } = await start();
      for (let count = 0; count < 3; count++) {
        await login('nobody@herald.local', 'wrong');
        clock.advance(1_000);
      }
      const token = await adminToken();
      await events();
      const page = (query: object) =>
        http()
          .get('/api/v1/security-events')
          .query({ ...query })
          .auth(token, BEARER);
      const first = await page({ result: 'failure', limit: 2 });
      const times = first.body.items.map(({ timestamp }: SecurityAuthEvent) => timestamp);
      expect(times).toEqual(['2026-01-05T09:00:02.000Z', '2026-01-05T09:00:01.000Z']);
      const second = await page({ result: 'failure', limit: 2, cursor: first.body.next_cursor });
      const attempt = { principal: 'nobody@herald.local', auth_mechanism: 'Password', ip: '127.0.0.1' };
      expect(second.body).toMatchObject({ items: [attempt], next_cursor: null });
    });

    it('are kept only so many a minute where outsiders cause them', async () => {
      const { http, events } = await start({ HERALD_RATE_LIMIT: '0' });
      for (let batch = 0; batch < 14; batch++) {
        await Promise.all(Array.from({ length: 50 }, () => http().get('/api/v1/auth/me').set('X-API-Key', 'hk_guess')));
      }
      expect(await events()).toHaveLength(600);
    });

    it('are kept also when they were recorded in the middle of a unit', async () => {
      const { app, events } = await start();
      const attempt = { principal: 'ana', auth_mechanism: 'JWT', scope: 'a', result: 'denied', ip: '' } as const;
      const row = { event_id: 'auth_1', timestamp: '', ...attempt };
      await app.get(UnitOfWork).run(async () => {
        app.get(Journal).record(SecurityAuthEvent, row);
        void app.get(Journal).flush();
      });
      expect(await events()).toEqual(['ana JWT a denied']);
    });
  });
});
