import type { Client, CreateMessageRequest, ElicitRequest } from '@modelcontextprotocol/client';
import { type StartedApp, startApp } from './app.js';
import { McpFixturesModule } from './mcp-fixtures/mcp-fixtures.module.js';
import { MODERN, type Revision, SESSIONS, connectMcp, modernPost, until } from './mcp-client.js';

const TASKS_ONLY = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const TASKS = { ...TASKS_ONLY, elicitation: {} };

/** What the conformance suite finds at the MCP door; `.ci/conformance/run` runs the suite itself. */
describe('the fixtures of the MCP door', () => {
  let herald: StartedApp;
  const clients: Client[] = [];

  const connect = async (revision: Revision, options: Parameters<typeof connectMcp>[2] = {}) => {
    const { client } = await connectMcp(herald, revision, options);
    clients.push(client);
    return client;
  };
  /** A client whose user and model answer with this. */
  const connectAnswering = async (
    revision: Revision,
    content: Record<string, string | number | boolean>,
    said = 'Paris',
  ) => {
    const asked: (ElicitRequest | CreateMessageRequest)[] = [];
    const client = await connect(revision, { capabilities: { elicitation: {}, sampling: {}, roots: {} } });
    client.setRequestHandler('elicitation/create', (request) => {
      asked.push(request);
      return { action: 'accept', content };
    });
    client.setRequestHandler('sampling/createMessage', (request) => {
      asked.push(request);
      return { role: 'assistant', content: { type: 'text', text: said }, model: 'a-test-model' };
    });
    client.setRequestHandler('roots/list', () => ({ roots: [{ uri: 'file:///test/root', name: 'Test Root' }] }));
    return { client, asked };
  };
  const textOf = (result: { content?: unknown }) => (result.content as { text: string }[])[0]!.text;
  const modern = async (method: string, params: Record<string, unknown>, capabilities: object = TASKS) => {
    const answer = await modernPost(herald, method, params, { capabilities });
    return {
      status: answer.status,
      ...((await answer.json()) as { result?: Record<string, unknown>; error?: { code: number; data?: unknown } }),
    };
  };

  beforeAll(async () => {
    herald = await startApp({ beside: [McpFixturesModule] });
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(() => herald.stop());

  describe.each<Revision>([SESSIONS, MODERN])('in revision %s', (revision) => {
    it('answer with every kind of content', async () => {
      const client = await connect(revision);
      const kinds = async (name: string) =>
        ((await client.callTool({ name })).content as { type: string }[]).map(({ type }) => type);
      expect(await kinds('test_simple_text')).toEqual(['text']);
      expect(await kinds('test_image_content')).toEqual(['image']);
      expect(await kinds('test_audio_content')).toEqual(['audio']);
      expect(await kinds('test_embedded_resource')).toEqual(['resource']);
      expect(await kinds('test_multiple_content_types')).toEqual(['text', 'image', 'resource']);
      expect(await client.callTool({ name: 'test_error_handling' })).toMatchObject({ isError: true });
    });

    it('ask the user, and answer with what the user said', async () => {
      const { client, asked } = await connectAnswering(revision, { name: 'Jane Smith', age: 25 });
      const result = await client.callTool({ name: 'test_elicitation_sep1034_defaults' });
      expect(textOf(result)).toBe('Elicitation completed: action=accept, content={"name":"Jane Smith","age":25}');
      expect(asked).toHaveLength(1);
      expect(asked[0]!.params).toMatchObject({
        requestedSchema: { properties: { age: { type: 'integer', default: 30 }, verified: { default: true } } },
      });
    });

    it("ask the client's model", async () => {
      const { client } = await connectAnswering(revision, {}, 'A capital answer');
      expect(textOf(await client.callTool({ name: 'test_sampling', arguments: { prompt: 'Well?' } }))).toBe(
        'LLM response: A capital answer',
      );
    });

    it('ask twice, and remember between the rounds', async () => {
      const { client, asked } = await connectAnswering(revision, { name: 'Ada', color: 'blue' });
      expect(textOf(await client.callTool({ name: 'test_input_required_result_multi_round' }))).toBe('Ada likes blue');
      expect(asked).toHaveLength(2);
    });

    it('report progress that grows', async () => {
      const client = await connect(revision);
      const seen: number[] = [];
      await client.callTool({ name: 'test_tool_with_progress' }, { onprogress: ({ progress }) => seen.push(progress) });
      expect(seen).toEqual([0, 50, 100]);
    });

    it('are read as resources and prompts, and complete', async () => {
      const client = await connect(revision);
      const { contents } = await client.readResource({ uri: 'test://template/123/data' });
      expect(JSON.parse((contents[0] as { text: string }).text)).toEqual({
        id: '123',
        templateTest: true,
        data: 'Data for ID: 123',
      });
      const { messages } = await client.getPrompt({
        name: 'test_prompt_with_arguments',
        arguments: { arg1: 'a', arg2: 'b' },
      });
      expect(messages[0]!.content).toEqual({ type: 'text', text: "Prompt with arguments: arg1='a', arg2='b'" });
      const { completion } = await client.complete({
        ref: { type: 'ref/prompt', name: 'test_prompt_with_arguments' },
        argument: { name: 'arg1', value: 'par' },
      });
      expect(completion.values).toEqual(['paris', 'park', 'party']);
    });
  });

  it('give a 2025 client its answer although the stream was closed before it', async () => {
    const client = await connect(SESSIONS);
    expect(textOf(await client.callTool({ name: 'test_reconnection' }))).toBe('Answered after the stream was closed');
  });

  it('refuse a state that the client has changed', async () => {
    const name = 'test_input_required_result_tampered_state';
    const first = await modern('tools/call', { name, arguments: {} });
    expect(first.result).toMatchObject({
      resultType: 'input_required',
      inputRequests: { confirm: { method: 'elicitation/create' } },
    });
    const answers = { confirm: { action: 'accept', content: { ok: true } } };
    const { requestState } = first.result as { requestState: string };
    const changed = await modern('tools/call', {
      name,
      arguments: {},
      inputResponses: answers,
      requestState: `${requestState}x`,
    });
    expect(changed.error).toMatchObject({ code: -32602, data: { reason: 'invalid_request_state' } });
    const honest = await modern('tools/call', { name, arguments: {}, inputResponses: answers, requestState });
    expect(honest.result).toMatchObject({ resultType: 'complete' });
  });

  describe('that become tasks', () => {
    const get = async (taskId: unknown) => (await modern('tasks/get', { taskId })).result!;
    const start = async (name: string, args: object = {}) =>
      (await modern('tools/call', { name, arguments: args })).result!.taskId;

    it('ask for what they need, take one answer at a time, and then go on', async () => {
      const taskId = await start('multi_input');
      await until(async () => (await get(taskId)).status === 'input_required', 'the questions');
      expect(Object.keys((await get(taskId)).inputRequests as object)).toEqual(['first', 'second']);
      const answer = (key: string) => ({ [key]: { action: 'accept', content: { name: key } } });
      await modern('tasks/update', { taskId, inputResponses: { ...answer('first'), ...answer('nobody_asked') } });
      expect(await get(taskId)).toMatchObject({
        status: 'input_required',
        inputRequests: { second: { method: 'elicitation/create' } },
      });
      expect(Object.keys((await get(taskId)).inputRequests as object)).toEqual(['second']);
      await modern('tasks/update', { taskId, inputResponses: answer('second') });
      await until(async () => (await get(taskId)).status === 'completed', 'the task');
      expect(await get(taskId)).toMatchObject({
        result: { structuredContent: { answers: { first: { content: { name: 'first' } } } } },
      });
    });

    it('end when they are cancelled while they ask', async () => {
      const taskId = await start('confirm_delete', { filename: 'a.txt' });
      await until(async () => (await get(taskId)).status === 'input_required', 'the question');
      expect((await modern('tasks/cancel', { taskId })).result).toMatchObject({ resultType: 'complete' });
      const cancelled = await get(taskId);
      expect(cancelled).toMatchObject({ status: 'cancelled' });
      expect(cancelled).not.toHaveProperty('inputRequests');
    });

    it('are refused to a client that does not know tasks', async () => {
      const refused = await modern('tools/call', { name: 'failing_job', arguments: {} }, {});
      expect(refused).toMatchObject({
        status: 400,
        error: { code: -32021, data: { requiredCapabilities: TASKS_ONLY } },
      });
      expect((await modern('tasks/get', { taskId: 'task_any' }, {})).error).toMatchObject({ code: -32021 });
    });
  });
});

describe('the MCP door of the server as it is', () => {
  let herald: StartedApp;
  beforeAll(async () => {
    herald = await startApp({ env: { HERALD_PUBLIC_URL: 'https://crm.example/herald' } });
  });
  afterAll(() => herald.stop());

  it('offers none of them', async () => {
    const { client } = await connectMcp(herald, MODERN);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).filter((name) => /^test_|^greet$|^slow_compute$/.test(name))).toEqual([]);
    expect((await client.listResources()).resources.filter(({ uri }) => uri.startsWith('test://'))).toEqual([]);
    expect((await client.listPrompts()).prompts.filter(({ name }) => name.startsWith('test_'))).toEqual([]);
    await expect(client.callTool({ name: 'test_simple_text' })).rejects.toMatchObject({ code: -32602 });
    await client.close();
  });

  it('leads a client without a token to the metadata, at the public address', async () => {
    const refused = await fetch(`${herald.url}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain(
      'resource_metadata="https://crm.example/herald/.well-known/oauth-protected-resource/mcp"',
    );
  });

  it.each([
    ['/.well-known/oauth-protected-resource', 'https://crm.example/herald'],
    ['/.well-known/oauth-protected-resource/mcp', 'https://crm.example/herald/mcp'],
  ])('tells anybody at %s which tokens it takes', async (path, resource) => {
    const { status, headers, body } = await herald.call('GET', path, undefined, {
      token: null,
      headers: { origin: 'https://elsewhere.example' },
    });
    expect({ status, origin: headers.get('access-control-allow-origin') }).toEqual({ status: 200, origin: '*' });
    expect(body).toMatchObject({
      resource,
      authorization_servers: ['https://crm.example/herald'],
      bearer_methods_supported: ['header'],
    });
    expect(body.scopes_supported).toContain('leads:read');
  });
});
