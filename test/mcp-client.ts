import { Client, type ClientOptions, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { StartedApp } from './app.js';

export const MODERN = '2026-07-28';
export const SESSIONS = '2025-11-25';
export type Revision = typeof MODERN | typeof SESSIONS;

export interface ConnectedClient {
  client: Client;
  transport: StreamableHTTPClientTransport;
}

/** The SDK's own client, signed in with a token, speaking one of the two revisions. */
export async function connectMcp(
  { url, token: adminToken }: StartedApp,
  revision: Revision,
  { token = adminToken, tools = 'all', ...options }: ClientOptions & { token?: string; tools?: 'short' | 'all' } = {},
): Promise<ConnectedClient> {
  const mode = revision === MODERN ? { pin: MODERN } : 'legacy';
  const client = new Client({ name: 'herald-test', version: '1.0.0' }, { ...options, versionNegotiation: { mode } });
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp${tools === 'all' ? '?tools=all' : ''}`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  await client.connect(transport);
  return { client, transport };
}

/** A key with these scopes, as an admin makes it. */
export async function makeKey(
  { call }: StartedApp,
  name: string,
  scopes: string[],
): Promise<{ secret: string; id: string }> {
  const { body } = await call('POST', '/api/v1/api-keys', { name, scopes });
  return { secret: body.key, id: body.key_id };
}

/** The fields of a tool's problem. */
export function problemIn(result: { content?: unknown; isError?: boolean | undefined }): Record<string, string> {
  const [first] = result.content as { text: string }[];
  return JSON.parse(first!.text) as Record<string, string>;
}

/** A JSON-RPC message sent without any client: whatever the test wants to send. */
export function postMcp(
  { url, token }: StartedApp,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/mcp?tools=all`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
  });
}

/** A request as revision 2026-07-28 has it, with its headers. */
export function modernPost(
  app: StartedApp,
  method: string,
  params: Record<string, unknown> = {},
  choice: { name?: string; capabilities?: object } = {},
): Promise<Response> {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': MODERN,
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': choice.capabilities ?? {},
  };
  const name = choice.name ?? params.name ?? params.uri ?? params.taskId;
  return postMcp(
    app,
    { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: { ...meta, ...(params._meta as object) } } },
    { 'mcp-protocol-version': MODERN, 'mcp-method': method, ...(typeof name === 'string' && { 'mcp-name': name }) },
  );
}

/** Resolves when `isTrue` is, however it becomes so; fails the test after five seconds. */
export async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = performance.now() + 5_000; performance.now() < end;) {
    if (await isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited in vain for ${what}`);
}
