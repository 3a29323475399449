import { type Client, ProtocolError } from '@modelcontextprotocol/client';
import { McpSessions } from '../src/doors/mcp/index.js';
import { OpenStreams } from '../src/doors/wire/index.js';

import { FixedClock } from '../src/config/index.js';
import { Database } from '../src/database/index.js';
import { Journal, OperationBus, SYSTEM } from '../src/operations/index.js';
import { SecurityAuthEvent } from '../src/auth/security-events/security-journal.js';
import { AuditEntry } from '../src/operations/audit/audit-entry.entity.js';
import { McpJsonrpcCall, McpResourceAccess } from '../src/operations/journal/transport.entities.js';
import { type StartedApp, startApp } from './app.js';
import { storeCampaign, storeInteraction, storeLead } from './factories.js';
import {
  MODERN,
  type Revision,
  SESSIONS,
  connectMcp,
  makeKey,
  modernPost,
  postMcp,
  problemIn,
  until,
} from './mcp-client.js';

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: SESSIONS, capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};
const LIST = { jsonrpc: '2.0', id: 2, method: 'tools/list' };

describe('the MCP door', () => {
  let herald: StartedApp;
  let lead_id: string;
  let campaign_id: string;
  const clients: Client[] = [];

  const connect = async (revision: Revision, options: Parameters<typeof connectMcp>[2] = {}) => {
    const connected = await connectMcp(herald, revision, options);
    clients.push(connected.client);
    return connected;
  };

  beforeAll(async () => {
    herald = await startApp({ clock: new FixedClock('2026-05-04T09:00:00.000Z') });
    campaign_id = (await storeCampaign(herald)).campaign_id as string;
    lead_id = (await storeLead(herald)).lead_id as string;
    await storeInteraction(herald, lead_id);
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(() => herald.stop());

  describe.each<Revision>([SESSIONS, MODERN])('in revision %s', (revision) => {
    it('lists the operations as tools, in the order of their names, with schemas and hints', async () => {
      const { client } = await connect(revision);
      const { tools } = await client.listTools();
      const names = tools.map(({ name }) => name);
      expect(names).toEqual([...names].sort());
      expect(names).toEqual(
        expect.arrayContaining(['lead_get', 'lead_triage', 'campaign_optimize', 'memory_retrieve']),
      );
      expect(
        names.filter((name) =>
          /^auth_|^approval_(approve|reject)$|^escalation_(claim|resolve)$|^api_key_create$|^user_(create|update)$/.test(
            name,
          ),
        ),
      ).toEqual([]);
      const byName = new Map(tools.map((tool) => [tool.name, tool]));
      expect(byName.get('lead_get')).toMatchObject({
        inputSchema: { type: 'object', required: ['lead_id'], additionalProperties: false },
        outputSchema: { type: 'object' },
        annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
      });
      expect(byName.get('lead_delete')!.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: true });
    });

    it('lists what a marketer needs where nothing is asked for, and calls the others all the same', async () => {
      const client = await connect(revision, { tools: 'short' }).then((connected) => connected.client);
      const names = (await client.listTools()).tools.map(({ name }) => name);
      expect(names.length).toBeGreaterThanOrEqual(15);
      expect(names.length).toBeLessThanOrEqual(20);
      expect(names).toEqual(expect.arrayContaining(['lead_triage', 'lead_engage', 'campaign_optimize', 'inbox_list']));
      expect(names).not.toContain('segment_list');
      expect(await client.callTool({ name: 'segment_list' })).toMatchObject({ structuredContent: { items: [] } });
    });

    it('calls a tool and answers with data and text', async () => {
      const { client } = await connect(revision);
      const result = await client.callTool({ name: 'lead_get', arguments: { lead_id } });
      expect(result.structuredContent).toMatchObject({ lead_id });
      expect(JSON.parse((result.content as { text: string }[])[0]!.text)).toEqual(result.structuredContent);
    });

    it('answers every read-only tool that needs no argument in the form that its output schema promises', async () => {
      const { client } = await connect(revision);
      const { tools } = await client.listTools();
      const simple = tools.filter(({ annotations, inputSchema }) => annotations?.readOnlyHint && !inputSchema.required);
      const refused = new Map<string, string>();
      for (const { name } of simple) {
        // the client checks structuredContent against the schema and throws where it does not fit
        const result = await client.callTool({ name, arguments: {} });
        if (result.isError) refused.set(name, problemIn(result).code!);
      }
      expect(simple.length).toBeGreaterThan(15);
      expect([...new Set(refused.values())].filter((code) => code !== 'invalid_request')).toEqual([]);
      expect(refused.size).toBeLessThan(6);
    });

    it('names the field that is wrong', async () => {
      const { client } = await connect(revision);
      const result = await client.callTool({ name: 'lead_triage', arguments: { lead_id, priority: 'whenever' } });
      expect(result.isError).toBe(true);
      expect(problemIn(result)).toMatchObject({
        status: 400,
        code: 'invalid_request',
        errors: [{ path: 'priority', reason: expect.stringContaining('must be one of') }],
      });
      expect(result.structuredContent).toBeUndefined();
    });

    it('refuses an unknown tool with a protocol error', async () => {
      const { client } = await connect(revision);
      await expect(client.callTool({ name: 'lead_enchant', arguments: {} })).rejects.toMatchObject({
        code: -32602,
        message: expect.stringContaining('lead_enchant'),
      });
    });

    it('shows and opens only what the caller’s scopes open', async () => {
      const { secret } = await makeKey(herald, `reader ${revision}`, ['campaigns:read']);
      const { client } = await connect(revision, { token: secret });
      const names = (await client.listTools()).tools.map(({ name }) => name);
      expect(names).toContain('campaign_get');
      expect(names).not.toContain('lead_get');
      expect((await client.listResources()).resources.map(({ uri }) => uri)).toEqual([
        'db://campaigns',
        `db://campaigns/${campaign_id}`,
      ]);
      expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(['review_campaign']);
      await expect(client.callTool({ name: 'lead_get', arguments: { lead_id } })).rejects.toMatchObject({
        message: expect.stringMatching(/scope|403/i),
      });
      await expect(client.readResource({ uri: `db://leads/${lead_id}` })).rejects.toMatchObject({
        message: expect.stringMatching(/scope|403/i),
      });
      expect(
        (
          await client.complete({
            ref: { type: 'ref/prompt', name: 'triage_lead' },
            argument: { name: 'lead_id', value: '' },
          })
        ).completion.values,
      ).toEqual([]);
      await herald.app.get(Journal).flush();
      const rows = await herald.app
        .get(Database)
        .of(McpResourceAccess)
        .find({ resource_uri: `db://leads/${lead_id}`, success: false });
      expect(rows.length).toBeGreaterThan(0);
    });

    it('reads the resources and templates of every address', async () => {
      const { client } = await connect(revision);
      const { resources } = await client.listResources();
      const uris = resources.map(({ uri }) => uri);
      expect(uris).toEqual([...uris].sort());
      expect(uris).toEqual(
        expect.arrayContaining([
          'analytics://events',
          'cache://memory',
          'db://campaigns',
          `db://campaigns/${campaign_id}`,
          'db://interactions',
          'db://leads',
          `db://leads/${lead_id}`,
          'kg://graph',
        ]),
      );
      for (const uri of uris) {
        const { contents } = await client.readResource({ uri });
        expect(contents).toMatchObject([{ uri, mimeType: 'application/json' }]);
        expect(typeof JSON.parse((contents[0] as { text: string }).text)).toBe('object');
      }
      const { resourceTemplates } = await client.listResourceTemplates();
      expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
        'cache://memory/{leadId}',
        'db://campaigns/{campaignId}',
        'db://interactions/{interactionId}',
        'db://leads/{leadId}',
        'kg://graph/{entity}',
      ]);
      const { contents } = await client.readResource({ uri: `db://campaigns/${campaign_id}` });
      expect(JSON.parse((contents[0] as { text: string }).text)).toMatchObject({ campaign_id });
      await expect(client.readResource({ uri: 'db://leads/nobody' })).rejects.toMatchObject({
        code: -32602,
        message: expect.stringContaining('nobody'),
      });
      await expect(client.readResource({ uri: 'db://secrets' })).rejects.toMatchObject({
        code: -32602,
        data: { uri: 'db://secrets' },
      });
      await expect(client.readResource({ uri: 'db://leads#triage_facts' })).rejects.toBeInstanceOf(ProtocolError);
    });

    it('gives prompts in which what leads wrote is marked as data', async () => {
      const { client } = await connect(revision);
      expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual([
        'explain_decision',
        'review_campaign',
        'triage_lead',
        'write_outreach',
      ]);
      const { messages } = await client.getPrompt({ name: 'triage_lead', arguments: { lead_id } });
      const { text } = messages[0]!.content as { text: string };
      const mark = /<(data-[\w-]+)>/.exec(text)![1]!;
      expect(text).toMatch(/untrusted data/);
      expect(text.indexOf(`<${mark}>`, text.indexOf('The lead:'))).toBeLessThan(
        text.indexOf(`"lead_id": "${lead_id}"`),
      );
      await expect(client.getPrompt({ name: 'triage_lead', arguments: {} })).rejects.toMatchObject({
        code: -32602,
        message: expect.stringContaining('lead_id'),
      });
      await expect(client.getPrompt({ name: 'triage_lead', arguments: { lead_id: 'nobody' } })).rejects.toMatchObject({
        code: -32602,
      });
    });

    it('completes ids by their beginning, and the fixed values of arguments', async () => {
      const { client } = await connect(revision);
      const complete = async (ref: Parameters<Client['complete']>[0]['ref'], name: string, value: string) =>
        (await client.complete({ ref, argument: { name, value } })).completion.values;
      expect(await complete({ type: 'ref/prompt', name: 'triage_lead' }, 'lead_id', lead_id.slice(0, 6))).toContain(
        lead_id,
      );
      expect(
        await complete(
          { type: 'ref/resource', uri: 'db://campaigns/{campaignId}' },
          'campaignId',
          campaign_id.slice(0, 6),
        ),
      ).toContain(campaign_id);
      expect(await complete({ type: 'ref/prompt', name: 'write_outreach' }, 'channel', 's')).toEqual(['sms', 'social']);
      expect(await complete({ type: 'ref/prompt', name: 'triage_lead' }, 'lead_id', '%')).toEqual([]);
      await expect(complete({ type: 'ref/prompt', name: 'nothing' }, 'x', '')).rejects.toMatchObject({ code: -32602 });
    });

    it('reports progress to whoever asks for it', async () => {
      const { client } = await connect(revision);
      const progress: object[] = [];
      await client.callTool(
        { name: 'lead_get', arguments: { lead_id } },
        { onprogress: (each) => progress.push(each) },
      );
      expect(progress).toEqual([{ progress: 0 }, { progress: 1, total: 1 }]);
    });

    it('gives the stored answer again under the same idempotency key, and keeps to If-Match', async () => {
      const { client } = await connect(revision);
      const call = (name: string, args: object, meta: object) =>
        client.callTool({ name, arguments: { ...args }, _meta: { ...meta } });
      const track = () =>
        call(
          'interaction_track',
          { lead_id, channel: 'Email', event_type: 'reply' },
          { 'herald/idempotencyKey': `once ${revision}` },
        );
      const [first, second] = [await track(), await track()];
      expect(first.isError).toBeUndefined();
      expect(second.structuredContent).toEqual(first.structuredContent);
      const stale = await call('lead_update', { lead_id, industry: 'Retail' }, { 'herald/ifMatch': '"999"' });
      expect(problemIn(stale)).toMatchObject({ status: 412, code: 'version_moved' });
    });

    it('goes on after a call that was cancelled', async () => {
      const { client } = await connect(revision);
      const stop = new AbortController();
      const call = client.callTool(
        {
          name: 'interaction_track',
          arguments: { lead_id, interaction_id: `cancelled-${revision}`, channel: 'Email', event_type: 'reply' },
        },
        { signal: stop.signal },
      );
      stop.abort('changed my mind');
      await expect(call).rejects.toMatchObject({ message: expect.stringContaining('changed my mind') });
      const result = await client.callTool({ name: 'lead_get', arguments: { lead_id } });
      expect(result.structuredContent).toMatchObject({ lead_id });
    });

    it('has a destructive call confirmed by a person, whatever the client answers, and carries it out once', async () => {
      const doomed = (await storeLead(herald)).lead_id as string;
      // it may decide in the inbox, but not about what it asked for itself
      const { secret, id } = await makeKey(herald, `deleter ${revision}`, [
        'leads:read',
        'leads:write',
        'approvals:decide',
      ]);
      const { client } = await connect(revision, { token: secret, capabilities: { elicitation: { url: {} } } });
      const shown: string[] = [];
      client.setRequestHandler('elicitation/create', ({ params }) => {
        shown.push((params as { url: string }).url);
        return { action: 'accept' };
      });
      const erase = () => client.callTool({ name: 'lead_delete', arguments: { lead_id: doomed } });
      const pending = problemIn(await erase());
      expect(pending).toMatchObject({
        status: 409,
        code: 'approval_pending',
        approval_id: expect.stringMatching(/^apr_/),
      });
      expect(shown).toEqual([expect.stringContaining(pending.approval_id!)]);
      expect(problemIn(await erase())).toMatchObject({ code: 'approval_pending', approval_id: pending.approval_id });
      expect((await herald.call('GET', `/api/v1/leads/${doomed}`)).status).toBe(200);

      const own = await herald.call('POST', `/api/v1/approvals/${pending.approval_id}/approve`, {}, { token: secret });
      expect(own).toMatchObject({ status: 403, body: { detail: expect.stringContaining('requested themselves') } });
      const approved = await herald.call('POST', `/api/v1/approvals/${pending.approval_id}/approve`, {});
      expect(approved.body).toMatchObject({ status: 'executed', requested_by: id });
      expect((await herald.call('GET', `/api/v1/leads/${doomed}`)).status).toBe(404);

      const done = await erase();
      expect(done.isError ? done.content : undefined).toBeUndefined();
      expect(done.structuredContent).toEqual({});
      // the outcome was given; the next call is a new wish, which a person would have to confirm again
      expect(problemIn(await erase())).toMatchObject({ code: 'approval_pending' });
      const rows = await herald.app.get(Database).of(AuditEntry).find({ operation: 'lead.delete', principal_id: id });
      expect(rows).toMatchObject([{ door: 'approval', principal_kind: 'api_key' }]);
    });

    it('tells a client that cannot show addresses where to confirm, and says what became of it', async () => {
      const kept = (await storeLead(herald)).lead_id as string;
      const { secret } = await makeKey(herald, `keeper ${revision}`, ['leads:read', 'leads:write']);
      const { client } = await connect(revision, { token: secret });
      const erase = () => client.callTool({ name: 'lead_delete', arguments: { lead_id: kept } });
      const pending = problemIn(await erase());
      expect(pending).toMatchObject({
        code: 'approval_pending',
        approval_url: expect.stringContaining('/#/inbox/approval/apr_'),
      });
      await herald.call('POST', `/api/v1/approvals/${pending.approval_id}/reject`, { note: 'still in talks' });
      expect(problemIn(await erase())).toMatchObject({
        code: 'approval_rejected',
        detail: expect.stringContaining('still in talks'),
      });
      expect((await herald.call('GET', `/api/v1/leads/${kept}`)).status).toBe(200);
    });

    it('has a row in the journal of calls for each call', async () => {
      const { client } = await connect(revision);
      await client.callTool({ name: 'campaign_get', arguments: { campaign_id } });
      await client.callTool({ name: 'campaign_get', arguments: { campaign_id: 'none' } });
      await client.readResource({ uri: 'db://leads' });
      await herald.app.get(Journal).flush();
      const rows = await herald.app.get(Database).of(McpJsonrpcCall).find({ transport: 'HTTP' });
      const kinds = new Set(
        rows.map(({ method, status_code, target_resource }) => `${method} ${status_code} ${target_resource}`),
      );
      expect([...kinds]).toEqual(
        expect.arrayContaining([
          'tools/call 200 db://campaigns',
          'tools/call 404 db://campaigns',
          'resources/read 200 db://leads',
          revision === MODERN ? 'server/discover 200 none' : 'initialize 200 none',
        ]),
      );
    });
  });

  it('undoes a command that is cancelled before it is committed', async () => {
    const input = { lead_id, interaction_id: 'taken-back', channel: 'Email', event_type: 'reply' };
    const call = herald.app
      .get(OperationBus)
      .call('interaction.track', input, { principal: SYSTEM, signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    expect((await herald.call('GET', '/api/v1/interactions/taken-back')).status).toBe(404);
  });

  describe('with sessions', () => {
    const open = async (app = herald) => (await postMcp(app, INITIALIZE)).headers.get('mcp-session-id')!;

    it('tells subscribers of a resource that it was changed, until they unsubscribe', async () => {
      const { client } = await connect(SESSIONS);
      const told: string[] = [];
      client.setNotificationHandler('notifications/resources/updated', ({ params }) => void told.push(params.uri));
      await client.subscribeResource({ uri: `db://leads/${lead_id}` });
      await herald.call('PATCH', `/api/v1/leads/${lead_id}`, { industry: 'Logistics' });
      await until(() => told.length > 0, 'the update');
      expect(told).toEqual([`db://leads/${lead_id}`]);
      await client.unsubscribeResource({ uri: `db://leads/${lead_id}` });
      await expect(client.subscribeResource({ uri: 'db://nothing' })).rejects.toMatchObject({ code: -32602 });
    });

    it('ends a session on DELETE, and answers 404 for it from then on', async () => {
      const session = await open();
      expect((await postMcp(herald, LIST, { 'mcp-session-id': session })).status).toBe(200);
      const headers = { authorization: `Bearer ${herald.token}`, 'mcp-session-id': session };
      expect((await fetch(`${herald.url}/mcp`, { method: 'DELETE', headers })).status).toBe(200);
      expect((await postMcp(herald, LIST, { 'mcp-session-id': session })).status).toBe(404);
      expect((await fetch(`${herald.url}/mcp`, { headers: { ...headers, accept: 'text/event-stream' } })).status).toBe(
        404,
      );
    });

    it('keeps a session from everybody but the one who opened it', async () => {
      const session = await open();
      const { secret } = await makeKey(herald, 'somebody else', ['leads:read']);
      expect((await postMcp({ ...herald, token: secret }, LIST, { 'mcp-session-id': session })).status).toBe(404);
      expect((await postMcp(herald, LIST, { 'mcp-session-id': session })).status).toBe(200);
    });

    it('needs a session for everything but to initialize, and a version that it knows', async () => {
      expect((await postMcp(herald, LIST)).status).toBe(400);
      const session = await open();
      expect(
        (await postMcp(herald, LIST, { 'mcp-session-id': session, 'mcp-protocol-version': '1999-01-01' })).status,
      ).toBe(400);
      expect(
        (await postMcp(herald, LIST, { 'mcp-session-id': session, 'mcp-protocol-version': SESSIONS })).status,
      ).toBe(200);
    });

    it('closes sessions that nobody used for half an hour', async () => {
      const clock = new FixedClock('2026-05-04T09:00:00.000Z');
      const own = await startApp({ clock });
      try {
        const session = await open(own);
        clock.advance(29 * 60_000);
        await own.app.get(McpSessions).closeIdle();
        expect(own.app.get(McpSessions).size).toBe(1);
        clock.advance(2 * 60_000);
        await own.app.get(McpSessions).closeIdle();
        expect(own.app.get(McpSessions).size).toBe(0);
        expect(session).toMatch(/^[\w-]{36}$/);
      } finally {
        await own.stop();
      }
    });

    it('ends the stream of a token that was revoked, and serves the others on', async () => {
      const { secret, id } = await makeKey(herald, 'short-lived', ['leads:read']);
      const session = await open({ ...herald, token: secret });
      const stream = (token: string, own: string) =>
        fetch(`${herald.url}/mcp`, {
          headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', 'mcp-session-id': own },
        });
      const [doomed, kept] = [await stream(secret, session), await stream(herald.token, await open())];
      expect([doomed.status, kept.status]).toEqual([200, 200]);
      await herald.call('DELETE', `/api/v1/api-keys/${id}`);
      await herald.app.get(OpenStreams).check();
      await expect(doomed.text()).rejects.toMatchObject({ message: expect.stringMatching(/terminated|aborted/) });
      expect((await postMcp({ ...herald, token: secret }, LIST, { 'mcp-session-id': session })).status).toBe(401);
      await kept.body!.cancel();
    });

    it('lets a client go on after the event that it saw last', async () => {
      const answer = await postMcp(herald, INITIALIZE);
      const text = await answer.text();
      const [first] = /id: (\S+)/.exec(text)!.slice(1);
      const session = answer.headers.get('mcp-session-id')!;
      const again = await fetch(`${herald.url}/mcp`, {
        headers: {
          authorization: `Bearer ${herald.token}`,
          accept: 'text/event-stream',
          'mcp-session-id': session,
          'mcp-protocol-version': SESSIONS,
          'last-event-id': first!,
        },
      });
      expect(await again.text()).toContain('"serverInfo"');
      const nonsense = await fetch(`${herald.url}/mcp`, {
        headers: {
          authorization: `Bearer ${herald.token}`,
          accept: 'text/event-stream',
          'mcp-session-id': session,
          'last-event-id': 'nonsense',
        },
      });
      expect(nonsense.status).toBe(400);
    });
  });

  describe('as a guarded address', () => {
    it('asks for a token with the address of its metadata, and takes none from the query', async () => {
      const metadata = `${herald.url}/.well-known/oauth-protected-resource/mcp`;
      for (const [path, headers, fault] of [
        ['/mcp', {}, false],
        [`/mcp?access_token=${herald.token}`, {}, false],
        ['/mcp', { authorization: 'Bearer not.a.token' }, true],
        ['/mcp', { authorization: 'Basic eA==' }, true],
      ] as const) {
        const answer = await fetch(herald.url + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(LIST),
        });
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toContain(`resource_metadata="${metadata}"`);
        expect(answer.headers.get('www-authenticate')!.includes('invalid_token')).toBe(fault);
      }
      expect((await fetch(metadata)).status).toBe(200);
    });

    it('answers 403 with the scope that is missing', async () => {
      const { secret } = await makeKey(herald, 'narrow', ['campaigns:read']);
      const answer = await modernPost({ ...herald, token: secret }, 'tools/call', {
        name: 'lead_get',
        arguments: { lead_id },
      });
      expect(answer.status).toBe(403);
      expect(answer.headers.get('www-authenticate')).toMatch(
        /insufficient_scope.*scope="leads:read"|scope="leads:read".*insufficient_scope/,
      );
    });

    it('refuses pages of another origin and hosts that are not its own', async () => {
      const { port } = new URL(herald.url);
      const withOrigin = (origin: string) =>
        modernPost(herald, 'tools/list').then(() => postMcp(herald, INITIALIZE, { origin }));
      expect((await withOrigin('https://evil.example')).status).toBe(403);
      expect((await withOrigin('null')).status).toBe(403);
      expect((await withOrigin(`http://localhost:${port}`)).status).toBe(200);
      const { request } = await import('node:http');
      const status = await new Promise<number>((resolve, reject) => {
        const sent = request(
          `${herald.url}/mcp`,
          { method: 'POST', headers: { host: 'rebound.example', authorization: `Bearer ${herald.token}` } },
          ({ statusCode }) => resolve(statusCode!),
        );
        sent.on('error', reject).end();
      });
      expect(status).toBe(403);
    });

    it.each([
      ['what is no JSON', '{"jsonrpc":', 400],
      ['nothing', '', 400],
      ['binary junk', new Uint8Array([0xff, 0xfe, 0, 1, 2]), 400],
      ['a bare number', '7', 400],
      ['a bottomless message', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, 400],
      ['an empty batch', '[]', 400],
      ['what is no call', '{"hello":"there"}', 400],
      ['a message that is too large', JSON.stringify({ ...LIST, params: { x: 'y'.repeat(1_100_000) } }), 413],
    ])('answers %s with an error and serves on', async (_, body, status) => {
      expect((await postMcp(herald, body)).status).toBe(status);
      expect((await postMcp(herald, INITIALIZE)).status).toBe(200);
    });

    it.each([
      ['resources/read', {}, 'params.uri'],
      ['resources/read', { uri: 7 }, 'params.uri'],
      ['resources/list', { cursor: 7 }, 'params.cursor'],
      ['prompts/get', { name: 'triage_lead', arguments: { lead_id: 7 } }, 'params.arguments.lead_id'],
      ['completion/complete', { ref: { type: 'ref/lead' } }, 'params.ref'],
      ['tools/call', { name: 'lead_get', arguments: [1] }, 'arguments'],
      ['tools/call', {}, 'name'],
    ])(
      'names what is wrong with the parameters of %s %j, and has the call on record',
      async (method, params, field) => {
        const answer = (await (await modernPost(herald, method, params)).json()) as {
          error: { code: number; message: string };
        };
        expect(answer.error).toMatchObject({ code: -32602, message: expect.stringContaining(field) });
        await herald.app.get(Journal).flush();
        expect(
          (await herald.app.get(Database).of(McpJsonrpcCall).find({ method, status_code: 400 })).length,
        ).toBeGreaterThan(0);
      },
    );

    it('has what it refuses on record: an unknown resource, a page of elsewhere, a scope that is missing', async () => {
      await modernPost(herald, 'resources/read', { uri: 'db://nobody-knows' });
      await postMcp(herald, INITIALIZE, { origin: 'https://evil.example' });
      const { secret } = await makeKey(herald, 'prying', ['campaigns:read']);
      await modernPost({ ...herald, token: secret }, 'tools/call', { name: 'lead_get', arguments: { lead_id } });
      await herald.app.get(Journal).flush();
      const database = herald.app.get(Database);
      expect(await database.of(McpResourceAccess).find({ resource_uri: 'db://nobody-knows' })).toMatchObject([
        { success: false, scope: 'read', actor: 'user' },
      ]);
      expect(await database.of(SecurityAuthEvent).find({ scope: 'mcp:source', result: 'denied' })).not.toHaveLength(0);
      expect(
        await database.of(SecurityAuthEvent).find({ principal: 'prying', scope: 'leads:read', result: 'denied' }),
      ).toHaveLength(1);
    });

    it('wants JSON, says what is wrong in the words of the protocol, and tells which methods it takes', async () => {
      const text = await postMcp(herald, 'x', { 'content-type': 'text/plain' });
      expect({ status: text.status, body: await text.json() }).toMatchObject({
        status: 415,
        body: { jsonrpc: '2.0', id: null, error: { code: -32600, data: { code: 'invalid_request' } } },
      });
      const large = await postMcp(herald, JSON.stringify({ ...LIST, params: { x: 'y'.repeat(1_100_000) } }));
      expect(await large.json()).toMatchObject({
        jsonrpc: '2.0',
        id: null,
        error: { code: -32013, data: { code: 'content_too_large' } },
      });
      const put = await fetch(`${herald.url}/mcp`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${herald.token}` },
      });
      expect(put.status).toBe(405);
      expect(put.headers.get('allow')).toContain('POST');
    });
  });

  it('stops at once although streams are open', async () => {
    const own = await startApp();
    const { client } = await connectMcp(own, MODERN);
    const subscription = await client.listen({ resourceSubscriptions: ['db://leads'] });
    const { client: other } = await connectMcp(own, SESSIONS);
    const started = performance.now();
    await own.stop();
    expect(await subscription.closed).toBe('graceful');
    expect(performance.now() - started).toBeLessThan(5_000);
    await Promise.allSettled([client.close(), other.close()]);
  });
});
