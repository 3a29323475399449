import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { FixedClock } from '../src/config/index.js';
import { Database } from '../src/database/index.js';
import { Journal } from '../src/operations/index.js';
import { AuditEntry } from '../src/operations/audit/audit-entry.entity.js';
import { TransportHttpRequest } from '../src/operations/journal/transport.entities.js';
import { HealthRegistry } from '../src/telemetry/index.js';
import { type StartedApp, startApp } from './app.js';

describe('what every HTTP request meets', () => {
  let herald: StartedApp;
  const send = (
    method: string,
    path: string,
    init: { type?: string; body?: string; headers?: Record<string, string> } = {},
  ) =>
    fetch(herald.url + path, {
      method,
      headers: {
        authorization: `Bearer ${herald.token}`,
        ...(init.type && { 'content-type': init.type }),
        ...init.headers,
      },
      ...(init.body !== undefined && { body: init.body }),
    });

  beforeAll(async () => {
    // its clock stands still, so that no allowance comes back while a slow machine uses it up
    herald = await startApp({
      clock: new FixedClock('2026-03-02T09:00:00.000Z'),
      env: { HERALD_RATE_LIMIT: '200', HERALD_BODY_LIMIT: '4096' },
    });
  });
  afterAll(() => herald?.stop());

  it.each([
    ['broken JSON', 'application/json', '{"source":', 400],
    ['JSON that is no object', 'application/json', '[1]', 400],
    ['a prototype key', 'application/json', '{"__proto__":{"isAdmin":true}}', 400],
    ['plain text', 'text/plain', 'hello', 415],
    ['a form', 'application/x-www-form-urlencoded', 'source=Webinar', 415],
    ['a file upload', 'multipart/form-data; boundary=x', '--x--', 415],
    ['a body over the limit', 'application/json', JSON.stringify({ source: 'x'.repeat(5_000) }), 413],
    ['an empty body that calls itself JSON', 'application/json', '', 400],
  ])('refuses %s as a problem', async (_, type, body, status) => {
    const response = await send('POST', '/api/v1/leads', { type, body });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({
      status,
      instance: '/api/v1/leads',
      request_id: response.headers.get('x-request-id'),
    });
  });

  it('takes a form where a form must be taken', async () => {
    const response = await send('POST', '/unsubscribe/not-a-token', {
      type: 'application/x-www-form-urlencoded',
      body: 'List-Unsubscribe=One-Click',
    });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('text/html');
  });

  it('tells an unknown path from a wrong method, and says which methods there are', async () => {
    expect((await send('GET', '/api/v1/nothing')).status).toBe(404);
    const response = await send('PUT', '/api/v1/leads/L1');
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('DELETE, GET, HEAD, PATCH');
    expect(await response.json()).toMatchObject({ code: 'method_not_allowed' });
  });

  it('answers an address that cannot be decoded with a problem', async () => {
    const answer = await new Promise<{ status?: number; type?: string }>((resolve, reject) => {
      request(`${herald.url}/api/v1/leads/%ZZ`, (response) => {
        response.resume();
        resolve({ status: response.statusCode, type: response.headers['content-type'] });
      })
        .on('error', reject)
        .end();
    });
    expect(answer).toEqual({ status: 400, type: 'application/problem+json; charset=utf-8' });
  });

  it('gives back the request id that it was sent, unless that could forge a log line or a header', async () => {
    expect(
      (await send('GET', '/health', { headers: { 'x-request-id': 'order-17:2' } })).headers.get('x-request-id'),
    ).toBe('order-17:2');
    expect(
      (await send('GET', '/health', { headers: { 'x-request-id': 'a b {"x":1}' } })).headers.get('x-request-id'),
    ).toMatch(/^req_\w+$/);
  });

  it('lets pages run only what comes from here, and keeps API answers out of caches', async () => {
    const response = await send('GET', '/api/v1/leads');
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('writes one row for a command, which is its audit and its request', async () => {
    const answer = await send('POST', '/api/v1/leads', {
      headers: { 'x-request-id': 'audited-1', 'content-type': 'application/json' },
      body: JSON.stringify({ source: 'Web' }),
    });
    const { length } = await answer.text();
    const refused = await send('POST', '/api/v1/leads', {
      headers: { 'x-request-id': 'audited-2', 'content-type': 'application/json' },
      body: '{}',
    });
    await refused.text();
    const database = herald.app.get(Database);
    const rowsOf = async () => {
      await herald.app.get(Journal).flush();
      return database.query(`SELECT * FROM http_requests WHERE request_id LIKE 'audited-%' ORDER BY request_id`);
    };
    let rows = await rowsOf();
    for (let tries = 0; tries < 50 && rows.length < 2; tries++) {
      await pause(10);
      rows = await rowsOf();
    }
    expect(rows).toEqual([
      expect.objectContaining({ method: 'POST', status_code: 201, bytes_in: 16, bytes_out: length }),
      expect.objectContaining({ method: 'POST', status_code: 400, bytes_in: 2 }),
    ]);
    const requests = database.of(TransportHttpRequest);
    expect(await requests.find({ request_id: ['audited-1', 'audited-2'] })).toMatchObject([
      { request_id: 'audited-2' },
    ]);
    expect(await database.of(AuditEntry).count({ request_id: 'audited-1', operation: 'lead.create' })).toBe(1);
  });

  it('writes a row for each API request, and none for health and metrics', async () => {
    const send17 = await send('GET', '/api/v1/leads?limit=1', { headers: { 'x-request-id': 'journalled-17' } });
    const length = (await send17.text()).length;
    await send('GET', '/api/health', { headers: { 'x-request-id': 'journalled-18' } });
    await send('GET', '/metrics', { headers: { 'x-request-id': 'journalled-19' } });
    // the row is recorded when the answer has left, which may be a moment after it has arrived
    const rowsOf = async () => {
      await herald.app.get(Journal).flush();
      return herald.app
        .get(Database)
        .of(TransportHttpRequest)
        .find({ request_id: ['journalled-17', 'journalled-18', 'journalled-19'] });
    };
    let rows = await rowsOf();
    for (let tries = 0; tries < 50 && rows.length === 0; tries++) {
      await pause(10);
      rows = await rowsOf();
    }
    expect(rows).toEqual([
      expect.objectContaining({
        request_id: 'journalled-17',
        method: 'GET',
        status_code: 200,
        bytes_in: 0,
        bytes_out: length,
      }),
    ]);
  });

  it('measures requests by route, not by id', async () => {
    await send('GET', '/api/v1/leads/L_unheard_of');
    const text = await (await send('GET', '/metrics')).text();
    expect(text).toContain(
      'herald_http_request_seconds_count{method="GET",route="/api/v1/leads/:leadId",status="404"}',
    );
    expect(text).not.toContain('L_unheard_of');
  });

  it('names what is down when it is not ready', async () => {
    expect((await send('GET', '/health/ready')).status).toBe(200);
    herald.app.get(HealthRegistry).register('mail', async () => {
      throw new Error('connection refused');
    });
    const response = await send('GET', '/health/ready');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      status: 'down',
      checks: { mail: { status: 'down', reason: 'connection refused' }, database: { status: 'up' } },
    });
    expect((await send('GET', '/health/live')).status).toBe(200);
  });

  it('keeps answering health when a caller has used up the rate limit', async () => {
    let limited: Response | undefined;
    for (let count = 0; count <= 200 && !limited; count++) {
      const response = await send('GET', '/api/v1/auth/me');
      if (response.status === 429) limited = response;
      else await response.text();
    }
    expect(Number(limited?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await send('GET', '/health')).status).toBe(200);
  });
});
