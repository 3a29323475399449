/** A request of the HTTP+JSON binding (A2A 1.0, section 11) as what it comes with. */
export interface RestCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: object;
}

export interface RestRoute {
  readonly verb: 'GET' | 'POST' | 'DELETE';
  /** Below the agent's address, in Fastify's words: `::` is a colon. */
  readonly path: string;
  /** The status of a good answer. */
  readonly status: number;
  /** The same call in JSON-RPC, by which it is carried out; undefined where the path is none. */
  readonly toRpc: (call: RestCall) => { method: string; params: object } | undefined;
}

const OK = 200;
const CREATED = 201;
const NO_CONTENT = 204;
/** What can be done to a task, behind a colon after its id. */
const TASK_VERBS: Readonly<Record<string, string>> = {
  'GET ': 'GetTask',
  'GET subscribe': 'SubscribeToTask',
  'POST subscribe': 'SubscribeToTask',
  'POST cancel': 'CancelTask',
};
const CONFIGS = '/tasks/:task/pushNotificationConfigs';

export const REST_ROUTES: readonly RestRoute[] = [
  {
    verb: 'GET',
    path: '/extendedAgentCard',
    status: OK,
    toRpc: () => ({ method: 'GetExtendedAgentCard', params: {} }),
  },
  { verb: 'POST', path: '/message::send', status: OK, toRpc: ({ body }) => ({ method: 'SendMessage', params: body }) },
  {
    verb: 'POST',
    path: '/message::stream',
    status: OK,
    toRpc: ({ body }) => ({ method: 'SendStreamingMessage', params: body }),
  },
  { verb: 'GET', path: '/tasks', status: OK, toRpc: ({ query }) => ({ method: 'ListTasks', params: typed(query) }) },
  { verb: 'GET', path: '/tasks/:task', status: OK, toRpc: (call) => taskCall('GET', call) },
  { verb: 'POST', path: '/tasks/:task', status: OK, toRpc: (call) => taskCall('POST', call) },
  {
    verb: 'POST',
    path: CONFIGS,
    status: CREATED,
    toRpc: ({ params, body }) => ({
      method: 'CreateTaskPushNotificationConfig',
      params: { ...body, taskId: params.task },
    }),
  },
  {
    verb: 'GET',
    path: CONFIGS,
    status: OK,
    toRpc: ({ params }) => ({ method: 'ListTaskPushNotificationConfigs', params: { taskId: params.task } }),
  },
  {
    verb: 'GET',
    path: `${CONFIGS}/:config`,
    status: OK,
    toRpc: ({ params }) => ({
      method: 'GetTaskPushNotificationConfig',
      params: { taskId: params.task, id: params.config },
    }),
  },
  {
    verb: 'DELETE',
    path: `${CONFIGS}/:config`,
    status: NO_CONTENT,
    toRpc: ({ params }) => ({
      method: 'DeleteTaskPushNotificationConfig',
      params: { taskId: params.task, id: params.config },
    }),
  },
];

function taskCall(verb: string, { params, query }: RestCall): { method: string; params: object } | undefined {
  const [, id, action = ''] = /^([^:]*)(?::(.*))?$/.exec(params.task ?? '') ?? [];
  const method = TASK_VERBS[`${verb} ${action}`];
  return method && id !== undefined ? { method, params: { ...typed(query), id } } : undefined;
}

/** Query strings are text: the two numbers and the flag among them get their types. */
function typed(query: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      if (name === 'pageSize' || name === 'historyLength') return [name, Number(value)];
      return [name, name === 'includeArtifacts' ? value === 'true' : value];
    }),
  );
}
