import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Redis } from 'ioredis';
import pg from 'pg';
import { AdminBootstrap } from '../src/auth/index.js';
import { type Clock, Settings } from '../src/config/index.js';
import { createApp } from '../src/create-app.js';

export const ADMIN = { email: 'admin@herald.example', password: 'a long enough password' };

export interface StartedApp {
  app: NestFastifyApplication;
  /** Base address, as http://127.0.0.1:34567. */
  url: string;
  dataDir: string;
  /** A fetch on the API, signed in as the first admin unless `token` says otherwise; bodies go as JSON. */
  call(
    method: string,
    path: string,
    body?: unknown,
    options?: { token?: string | null; headers?: Record<string, string> },
  ): Promise<ApiAnswer>;
  token: string;
  stop(): Promise<void>;
}

export interface ApiAnswer {
  status: number;
  headers: Headers;
  // the tests say what they expect of it
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

export interface StartChoice {
  clock?: Clock;
  env?: Record<string, string>;
  /** Modules beside the server's own. */
  beside?: Type[];
  /** Keep using the folder of an app that was stopped. */
  dataDir?: string;
}

/**
 * Starts the whole server on a free port and a fresh store: SQLite and the embedded queue, or, where
 * HERALD_TEST_DATABASE_URL (and HERALD_TEST_REDIS_URL) are set, a database of its own on that PostgreSQL and that
 * Redis.
 */
export async function startApp({
  clock,
  env = {},
  beside = [],
  dataDir = mkdtempSync(join(tmpdir(), 'herald-test-')),
}: StartChoice = {}): Promise<StartedApp> {
  const store = await makeStore();
  const settings = new Settings({
    PORT: '0',
    HERALD_HOST: '127.0.0.1',
    HERALD_DATA_DIR: dataDir,
    HERALD_DEMO: '0',
    HERALD_ADMIN_EMAIL: ADMIN.email,
    HERALD_ADMIN_PASSWORD: ADMIN.password,
    HERALD_RATE_LIMIT: '0',
    HERALD_SANDBOX: '1',
    LOG_LEVEL: 'silent',
    ...store.env,
    ...env,
  });
  const app = await createApp(settings, { ...(clock && { clock }), beside });
  await app.init();
  await app.get(AdminBootstrap).ensure();
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const call: StartedApp['call'] = async (method, path, body, { token: own = token, headers = {} } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(own && { authorization: `Bearer ${own}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, headers: response.headers, body: isJson && text ? JSON.parse(text) : text };
  };
  let token = '';
  token = (await call('POST', '/api/v1/auth/login', ADMIN)).body.access_token;
  return {
    app,
    url,
    dataDir,
    call,
    token,
    stop: async () => {
      await app.close();
      await store.drop();
      if (!env.HERALD_DATA_DIR) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

interface TestStore {
  env: Record<string, string>;
  drop(): Promise<void>;
}

async function makeStore(): Promise<TestStore> {
  const server = process.env.HERALD_TEST_DATABASE_URL;
  if (!server) return { env: {}, drop: async () => undefined };
  const name = `herald_test_${randomBytes(6).toString('hex')}`;
  await runOn(server, `CREATE DATABASE ${name}`);
  const address = new URL(server);
  address.pathname = `/${name}`;
  const redisUrl = process.env.HERALD_TEST_REDIS_URL;
  const redis = redisUrl ? await claimRedis(redisUrl) : undefined;
  return {
    env: { DATABASE_URL: address.toString(), ...(redis && { REDIS_URL: redis.url }) },
    drop: async () => {
      await redis?.drop();
      await runOn(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

const REDIS_DATABASES = 15;
const CLAIM_SECONDS = 900;

/** One of the numbered databases of a Redis, for this app alone: apps on the same one would take each other’s jobs. */
async function claimRedis(server: string): Promise<{ url: string; drop(): Promise<void> }> {
  for (let number = 1; number <= REDIS_DATABASES; number++) {
    const url = new URL(server);
    url.pathname = `/${number}`;
    const client = new Redis(url.href);
    if (await client.set('herald-test-claim', process.pid, 'EX', CLAIM_SECONDS, 'NX')) {
      return { url: url.href, drop: () => client.flushdb().then(() => client.disconnect()) };
    }
    client.disconnect();
  }
  throw new Error(`all ${REDIS_DATABASES} databases of the Redis are taken by other tests`);
}

async function runOn(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
