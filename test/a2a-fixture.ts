import { randomUUID } from 'node:crypto';
import {
  type Message,
  type Part,
  Role,
  type SendMessageRequest,
  type StreamResponse,
  type Task,
  TaskState,
} from '@a2a-js/sdk';
import {
  type Client,
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from '@a2a-js/sdk/client';
import type { StartedApp } from './app.js';

/** What the cards say; the tests' clients are led to the app's own port. */
export const PUBLIC_URL = 'http://herald.test';

export type Caller = { token: string } | { apiKey: string };

export const text = (value: string): Part => ({
  content: { $case: 'text', value },
  metadata: undefined,
  filename: '',
  mediaType: 'text/plain',
});
export const data = (value: object): Part => ({
  content: { $case: 'data', value },
  metadata: undefined,
  filename: '',
  mediaType: 'application/json',
});

/** A message as the SDK's client sends it. */
export function aRequest(
  parts: Part[],
  over: Partial<Message> = {},
  configuration: Partial<SendMessageRequest['configuration']> = {},
): SendMessageRequest {
  const message: Message = {
    messageId: randomUUID(),
    contextId: '',
    taskId: '',
    role: Role.ROLE_USER,
    parts,
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
    ...over,
  };
  return {
    tenant: '',
    message,
    metadata: undefined,
    configuration: {
      acceptedOutputModes: [],
      taskPushNotificationConfig: undefined,
      returnImmediately: false,
      ...configuration,
    },
  };
}

/** A fetch that goes to the app with the caller's credentials. */
export function fetchAs({ url }: Pick<StartedApp, 'url'>, caller: Caller | undefined): typeof fetch {
  return (input, init) => {
    const address = String(input instanceof Request ? input.url : input).replace(PUBLIC_URL, url);
    const headers = new Headers(init?.headers);
    if (caller && 'token' in caller) headers.set('authorization', `Bearer ${caller.token}`);
    else if (caller) headers.set('x-api-key', caller.apiKey);
    return fetch(address, { ...init, headers });
  };
}

type Binding = 'JSONRPC' | 'HTTP+JSON';

/** The SDK's own client for an agent, made from the agent's card. */
export function clientOf(
  herald: StartedApp,
  agent: string,
  caller: Caller = { token: herald.token },
  binding?: Binding,
): Promise<Client> {
  return clientAt(herald.url, agent, caller, binding);
}

export async function clientAt(
  url: string,
  agent: string,
  caller: Caller,
  binding: Binding = 'JSONRPC',
): Promise<Client> {
  const fetchImpl = fetchAs({ url }, caller);
  const factory = new ClientFactory({
    transports: [
      binding === 'JSONRPC' ? new JsonRpcTransportFactory({ fetchImpl }) : new RestTransportFactory({ fetchImpl }),
    ],
    cardResolver: new DefaultAgentCardResolver({ fetchImpl }),
  });
  return factory.createFromUrl(`${PUBLIC_URL}/a2a/${agent}/`);
}

/** An API key of the first admin with these scopes. */
export async function keyWith(herald: StartedApp, ...scopes: string[]): Promise<Caller> {
  const { body, status } = await herald.call('POST', '/api/v1/api-keys', { name: `agent ${randomUUID()}`, scopes });
  if (status !== 201) throw new Error(`no key: ${JSON.stringify(body)}`);
  return { apiKey: body.key };
}

export const stateOf = ({ status }: Task): string => TaskState[status!.state]!.replace('TASK_STATE_', '');

/** An event of a stream in one word. */
export function nameOf({ payload }: StreamResponse): string {
  if (payload?.$case === 'task') return `task ${stateOf(payload.value)}`;
  if (payload?.$case === 'statusUpdate') return TaskState[payload.value.status!.state]!.replace('TASK_STATE_', '');
  return payload?.$case ?? 'nothing';
}

export function dataIn(parts: readonly Part[]): Record<string, unknown> {
  return parts.map(({ content }) => content).find((content) => content?.$case === 'data')?.value as Record<
    string,
    unknown
  >;
}

export function textIn(parts: readonly Part[]): string {
  return parts.flatMap(({ content }) => (content?.$case === 'text' ? [content.value] : [])).join(' ');
}

/** Asks again until it is so; the test's own time-out ends it. */
export async function eventually<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
