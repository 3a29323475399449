import { request } from 'node:http';
import { AuditEntry } from '../src/operations/audit/audit-entry.entity.js';
import { Database } from '../src/database/index.js';
import { type ApiAnswer, type StartedApp, startApp } from './app.js';
import { aCampaign, aLead, storeCampaign, storeInteraction, storeLead } from './factories.js';
import { Lead } from '../src/crm/leads/lead.entity.js';

let herald: StartedApp;
beforeAll(async () => (herald = await startApp({ env: { HERALD_BODY_LIMIT: '20000' } })));
afterAll(() => herald.stop());

const call: StartedApp['call'] = (...args) => herald.call(...args);
const post = (body: unknown, headers: Record<string, string> = {}) => call('POST', '/api/v1/leads', body, { headers });
const paths = ({ body }: ApiAnswer) => (body.errors ?? []).map(({ path }: { path: string }) => path);

/** A request whose bytes `fetch` would not send. */
function raw(
  method: string,
  path: string,
  body: Buffer | string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${herald.url}${path}`,
      {
        method,
        headers: {
          authorization: `Bearer ${herald.token}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...headers,
        },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode!, text: Buffer.concat(chunks).toString(), headers: answer.headers }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

describe('a lead over REST', () => {
  it('is created, read, changed and removed, with its version as the ETag', async () => {
    const created = await post(aLead({ source: 'Referral', email: 'ada@example.com' }));
    expect(created.status).toBe(201);
    expect(created.headers.get('etag')).toBe('"1"');
    expect(created.body).toMatchObject({
      source: 'Referral',
      lead_status: 'New',
      flow_state: 'new',
      lead_score: null,
      version: 1,
      email: 'ada@example.com',
    });
    const path = `/api/v1/leads/${created.body.lead_id}`;
    expect((await call('GET', path)).body).toEqual(created.body);

    const changed = await call('PATCH', path, { region: 'US', email: null }, { headers: { 'if-match': '"1"' } });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).toBe('"2"');
    expect(changed.body).toEqual({
      ...created.body,
      region: 'US',
      email: null,
      version: 2,
      updated_at: changed.body.updated_at,
    });
    expect((await call('GET', path)).body).toEqual(changed.body);

    const removed = await call('DELETE', path, undefined, { headers: { 'if-match': '"2"' } });
    expect([removed.status, removed.body]).toEqual([204, '']);
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('DELETE', path)).status).toBe(404);
  });

  it('is left as it is by an empty change', async () => {
    const lead = await storeLead(herald);
    const { status, body } = await call('PATCH', `/api/v1/leads/${lead.lead_id}`, {});
    expect([status, body]).toEqual([200, lead]);
  });

  it('is not changed or removed on an outdated version', async () => {
    const { lead_id } = await storeLead(herald);
    for (const [method, body] of [
      ['PATCH', { region: 'US' }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await call(method, `/api/v1/leads/${lead_id}`, body, { headers: { 'if-match': '"7"' } });
      expect(answer.body).toMatchObject({ status: 412, code: 'version_moved' });
    }
    expect((await call('GET', `/api/v1/leads/${lead_id}`)).body).toMatchObject({ region: 'EU', version: 1 });
    expect(
      (await call('PATCH', `/api/v1/leads/${lead_id}`, { region: 'US' }, { headers: { 'if-match': '*' } })).status,
    ).toBe(200);
  });

  it('keeps one of two changes that were made on the same version at once', async () => {
    const { lead_id } = await storeLead(herald);
    const answers = await Promise.all(
      ['US', 'APAC', 'MEA', 'LATAM'].map((region) =>
        call('PATCH', `/api/v1/leads/${lead_id}`, { region }, { headers: { 'if-match': '"1"' } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });

  it('may bring its own id, once', async () => {
    expect((await post(aLead({ lead_id: 'L-own_1' }))).status).toBe(201);
    expect((await post(aLead({ lead_id: 'L-own_1' }))).body).toMatchObject({ status: 409, code: 'lead_exists' });
  });

  it('counts for the day of its campaign', async () => {
    const { campaign_id } = await storeCampaign(herald);
    const { created_at } = await storeLead(herald, { campaign_id });
    await storeLead(herald, { campaign_id });
    const { body } = await call('GET', `/api/v1/campaigns/${campaign_id}/daily`);
    expect(body.days).toEqual([
      expect.objectContaining({ date: created_at.slice(0, 10), leads_created: 2, conversions: 0 }),
    ]);
  });
});

describe('a refused request', () => {
  it.each<[string, object, string[]]>([
    ['a missing field', { source: undefined }, ['source']],
    ['a value that is none of the allowed', { company_size: 'huge', region: 'Mars' }, ['company_size', 'region']],
    ['a wrong type', { gdpr_consent: 'yes' }, ['gdpr_consent']],
    ['an unknown field', { favourite_colour: 'red' }, ['favourite_colour']],
    ['a field that only Herald sets', { lead_score: 99 }, ['lead_score']],
    ['a bad address', { email: 'nobody' }, ['email']],
    ['a bad number', { phone: 'call me' }, ['phone']],
    ['a bad id', { lead_id: '../../etc/passwd' }, ['lead_id']],
    ['too long a text', { message: 'x'.repeat(4001) }, ['message']],
    ['a NUL character', { message: 'a\0b' }, ['message']],
    ['an empty text', { source: '' }, ['source']],
    ['an unknown campaign', { campaign_id: 'CMP-none' }, ['campaign_id']],
    ['null where it may not be', { source: null, gdpr_consent: null }, ['source', 'gdpr_consent']],
  ])('names the field: %s', async (_, over, expected) => {
    const answer = await post(aLead(over as Record<string, unknown>));
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toMatchObject({
      status: 400,
      title: 'Bad Request',
      code: 'invalid_request',
      instance: '/api/v1/leads',
    });
    expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'));
    expect(paths(answer).sort()).toEqual(expected.sort());
  });

  it.each<[string, string]>([
    ['broken JSON', '{"source": '],
    ['a list', '[]'],
    ['a text', '"lead"'],
    ['a number', '7'],
    ['a prototype key', '{"source":"Website","__proto__":{"gdpr_consent":true}}'],
    ['a constructor key', '{"source":"Website","constructor":{"prototype":{"gdpr_consent":true}}}'],
    ["a method's name", '{"source":"Website","toString":"x"}'],
    ["a method's name", '{"source":"Website","hasOwnProperty":"x"}'],
    ['deep nesting', `{"source":"Website","message":${'['.repeat(2000)}${']'.repeat(2000)}}`],
    ['an infinite number', '{"source":"Website","message":1e999}'],
  ])('is no more than refused: %s', async (_, body) => {
    const answer = await raw('POST', '/api/v1/leads', body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ status: 400, detail: expect.any(String) });
  });

  it('may hold bytes that are no UTF-8, or half a character, without any harm', async () => {
    const invalid = await raw('POST', '/api/v1/leads', Buffer.from('{"source":"Web\xff\xfe"}', 'latin1'));
    expect([201, 400]).toContain(invalid.status);
    const half = await raw('POST', '/api/v1/leads', '{"source":"Web\\ud800"}');
    expect(half.status).toBe(201);
    expect((await call('GET', `/api/v1/leads/${JSON.parse(half.text).lead_id}`)).status).toBe(200);
  });

  it('is 404 for what does not exist, 405 for a wrong method, 415 for another media type, 413 for too much', async () => {
    expect((await call('GET', '/api/v1/leads/L-none')).body).toMatchObject({ status: 404, code: 'lead_not_found' });
    expect((await call('PATCH', '/api/v1/leads/L-none', { region: 'EU' })).status).toBe(404);
    expect((await call('GET', '/api/v1/nothing')).body).toMatchObject({ status: 404, code: 'route_not_found' });
    const wrongMethod = await call('PUT', '/api/v1/leads', {});
    expect([wrongMethod.body.status, wrongMethod.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
    expect((await call('OPTIONS', '/api/v1/leads')).status).toBe(405);
    const text = await raw('POST', '/api/v1/leads', 'source=Website', { 'content-type': 'text/plain' });
    expect([text.status, JSON.parse(text.text).code]).toEqual([415, 'unsupported_media_type']);
    const large = await raw('POST', '/api/v1/leads', JSON.stringify(aLead({ message: 'x'.repeat(30_000) })));
    expect([large.status, JSON.parse(large.text).code]).toEqual([413, 'content_too_large']);
    const malformed = await raw('GET', '/api/v1/leads/%E0%A4%A', '');
    expect([malformed.status, JSON.parse(malformed.text).status]).toEqual([400, 400]);
  });

  it('may not name another lead than its path does', async () => {
    const { lead_id } = await storeLead(herald);
    const answer = await call('PATCH', `/api/v1/leads/${lead_id}`, { lead_id: 'L-other', region: 'US' });
    expect([answer.status, paths(answer)]).toEqual([400, ['lead_id']]);
    expect((await call('PATCH', `/api/v1/leads/${lead_id}`, { lead_id, region: 'US' })).status).toBe(200);
  });

  it('is 401 without a token and says how to sign in', async () => {
    const answer = await call('GET', '/api/v1/leads', undefined, { token: null });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Bearer')]);
  });

  it('leaves nothing behind: no lead, no audit row', async () => {
    const database = herald.app.get(Database);
    const before = [await database.of(Lead).count(), await database.of(AuditEntry).count({ operation: 'lead.create' })];
    await post(aLead({ campaign_id: 'CMP-none' }));
    await post(aLead({ lead_id: 'L-own_1' }));
    expect([
      await database.of(Lead).count(),
      await database.of(AuditEntry).count({ operation: 'lead.create' }),
    ]).toEqual(before);
  });

  it('is answered to HEAD as to GET, without a body', async () => {
    const { lead_id } = await storeLead(herald);
    const head = await call('HEAD', `/api/v1/leads/${lead_id}`);
    expect([head.status, head.body, head.headers.get('etag')]).toEqual([200, '', '"1"']);
    expect((await call('HEAD', '/api/v1/leads/L-none')).status).toBe(404);
  });
});

describe('an Idempotency-Key', () => {
  const key = (name: string) => ({ 'idempotency-key': name });

  it('gives the same answer again and does nothing twice', async () => {
    const body = aLead();
    const first = await post(body, key('k-1'));
    const again = await post(body, key('k-1'));
    expect(again).toMatchObject({ status: first.status, body: first.body });
    expect([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([
      null,
      'true',
    ]);
    expect(again.headers.get('etag')).toBe('"1"');
    expect(
      await herald.app
        .get(Database)
        .of(Lead)
        .count({ email: body.email as string }),
    ).toBe(1);
  });

  it('knows the same request when its fields stand in another order', async () => {
    const body = aLead();
    const first = await post(body, key('k-order'));
    const again = await post(Object.fromEntries(Object.entries(body).reverse()), key('k-order'));
    expect(again).toMatchObject({ status: 201, body: first.body });
  });

  it('is refused with another request', async () => {
    await post(aLead(), key('k-2'));
    expect((await post(aLead(), key('k-2'))).body).toMatchObject({ status: 409, code: 'idempotency_key_reused' });
  });

  it('makes one effect of many calls at the same moment', async () => {
    const body = aLead();
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(body, key('k-3'))));
    expect(answers.map(({ status }) => status)).toEqual(new Array(10).fill(201));
    expect(new Set(answers.map((answer) => answer.body.lead_id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(9);
  });

  it('is not used up by a refusal', async () => {
    expect((await post(aLead({ campaign_id: 'CMP-later' }), key('k-4'))).status).toBe(400);
    await storeCampaign(herald, { campaign_id: 'CMP-later' });
    expect((await post(aLead({ campaign_id: 'CMP-later' }), key('k-4'))).status).toBe(201);
  });

  it('belongs to one operation', async () => {
    await post(aLead(), key('k-5'));
    expect((await call('POST', '/api/v1/campaigns', aCampaign(), { headers: key('k-5') })).status).toBe(201);
  });

  it.each([
    ['', 400],
    ['x'.repeat(201), 400],
    ['x'.repeat(200), 201],
  ])('may have 1 to 200 characters', async (name, status) => {
    expect((await post(aLead(), key(name))).status).toBe(status);
  });

  it('on other methods than POST means nothing', async () => {
    const { lead_id } = await storeLead(herald);
    for (const region of ['US', 'APAC']) {
      const answer = await call('PATCH', `/api/v1/leads/${lead_id}`, { region }, { headers: key('k-6') });
      expect(answer.body.region).toBe(region);
    }
  });
});

describe('a list of leads', () => {
  const source = 'Walk';
  let ids: string[];
  beforeAll(async () => {
    ids = [];
    for (let index = 0; index < 23; index++)
      ids.push((await storeLead(herald, { source, region: index % 2 ? 'EU' : 'US' })).lead_id);
  });

  async function walk(query: string, between: () => Promise<unknown> = async () => undefined): Promise<string[]> {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { status, body }: ApiAnswer = await call(
        'GET',
        `/api/v1/leads?source=${source}&${query}${cursor && `&cursor=${cursor}`}`,
      );
      expect(status).toBe(200);
      seen.push(...body.items.map(({ lead_id }: { lead_id: string }) => lead_id));
      cursor = body.next_cursor;
      await between();
    }
    return seen;
  }

  it.each(['created_at', '-created_at', 'lead_id'])('is walked once, page by page, by %s', async (sort) => {
    const seen = await walk(`limit=4&sort=${sort}`);
    expect([...seen].sort()).toEqual([...ids].sort());
    expect(seen).toEqual(sort === '-created_at' ? [...ids].reverse() : ids);
  });

  it('has all rows once although others are added meanwhile', async () => {
    const added: string[] = [];
    const seen = await walk('limit=5', async () => added.push((await storeLead(herald, { source })).lead_id));
    expect(seen.filter((id) => !added.includes(id)).sort()).toEqual([...ids].sort());
    expect(new Set(seen).size).toBe(seen.length);
    for (const id of added) await call('DELETE', `/api/v1/leads/${id}`);
  });

  it('is filtered', async () => {
    expect(await walk('region=EU&limit=500')).toHaveLength(11);
    expect(await walk('region=APAC')).toHaveLength(0);
    expect(await walk('lead_status=New&flow_state=new')).toHaveLength(23);
    expect(await walk('min_score=1')).toHaveLength(0);
    expect(await walk('triage_category=Cold%20Lead')).toHaveLength(0);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=99999999999999999999999', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['source=a&source=b', 'source'],
    ['sort=email', 'sort'],
    ['cursor=rubbish', 'cursor'],
    ['colour=red', 'colour'],
    ['lead_status=Maybe', 'lead_status'],
    ['min_score=101', 'min_score'],
    ['min_score=1.5', 'min_score'],
    ['__proto__=x', '__proto__'],
    ['constructor=x', 'constructor'],
    ['source=%00', 'source'],
  ])('refuses ?%s and names %s', async (query, path) => {
    const answer = await call('GET', `/api/v1/leads?${query}`);
    expect([answer.status, paths(answer)]).toEqual([400, [path]]);
  });

  it('refuses a cursor of another order, and one that was tampered with', async () => {
    const { body } = await call('GET', '/api/v1/leads?limit=1&sort=created_at');
    expect(
      (await call('GET', `/api/v1/leads?cursor=${body.next_cursor}&sort=-created_at`)).body.errors[0],
    ).toMatchObject({ path: 'cursor' });
    const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const value of [['created_at asc', 'a\0b', 'c'], ['created_at asc', {}, []], ['created_at asc'], null, 7]) {
      expect((await call('GET', `/api/v1/leads?sort=created_at&cursor=${forged(value)}`)).status).toBe(400);
    }
  });
});

describe('what happens with a lead', () => {
  it('is recorded in its conversation, once for an id of the caller', async () => {
    const { lead_id } = await storeLead(herald);
    const first = await storeInteraction(herald, lead_id, {
      interaction_id: 'INT-1',
      timestamp: '2025-01-01T10:00:00+02:00',
      outcome: 'positive',
    });
    expect(first).toMatchObject({ timestamp: '2025-01-01T08:00:00.000Z', outcome: 'positive', metadata_json: {} });
    expect(
      (
        await call('POST', '/api/v1/interactions', {
          lead_id,
          interaction_id: 'INT-1',
          channel: 'Email',
          event_type: 'reply',
        })
      ).body,
    ).toMatchObject({ status: 409, code: 'interaction_exists' });
    const second = await storeInteraction(herald, lead_id);
    expect(second.conversation_id).toBe(first.conversation_id);
    expect((await call('GET', `/api/v1/leads/${lead_id}`)).body.last_active_at).toBe(second.timestamp);
    const listed = (await call('GET', `/api/v1/interactions?lead_id=${lead_id}`)).body.items;
    expect(listed.map(({ interaction_id }: { interaction_id: string }) => interaction_id)).toEqual([
      second.interaction_id,
      'INT-1',
    ]);
    expect((await call('GET', `/api/v1/conversations?lead_id=${lead_id}`)).body.items).toEqual([
      expect.objectContaining({ conversation_id: first.conversation_id, last_event_at: second.timestamp }),
    ]);
  });

  it.each<[object, string, number]>([
    [{ lead_id: 'L-none' }, '', 404],
    [{ event_type: 'telepathy' }, 'event_type', 400],
    [{ timestamp: 'yesterday' }, 'timestamp', 400],
    [{ timestamp: '2026-02-30T10:00:00Z' }, 'timestamp', 400],
    [{ timestamp: '2026-01-01' }, 'timestamp', 400],
    [{ metadata_json: [] }, 'metadata_json', 400],
    [{ campaign_id: 'CMP-none' }, 'campaign_id', 400],
  ])('is refused: %j', async (over, path, status) => {
    const { lead_id } = await storeLead(herald);
    const answer = await call('POST', '/api/v1/interactions', {
      lead_id,
      channel: 'Email',
      event_type: 'reply',
      ...over,
    });
    expect(answer.status).toBe(status);
    if (path) expect(paths(answer)).toEqual([path]);
  });
});
