/**
 * What a field may hold: a plain kind, a list of a kind, or an object with fields. A name that ends in "!" is
 * required.
 */
type Kind = 'text' | 'number' | 'flag' | 'name' | 'object' | 'any' | readonly [Kind] | Shape;
interface Shape {
  readonly [field: string]: Kind;
}

const PART: Shape = {
  text: 'text',
  raw: 'text',
  url: 'text',
  data: 'any',
  metadata: 'object',
  filename: 'text',
  mediaType: 'text',
};
const MESSAGE: Shape = {
  messageId: 'text',
  contextId: 'text',
  taskId: 'text',
  role: 'name',
  parts: [PART],
  metadata: 'object',
  extensions: ['text'],
  referenceTaskIds: ['text'],
};
const PUSH_CONFIG: Shape = {
  id: 'text',
  taskId: 'text',
  url: 'text',
  token: 'text',
  authentication: { scheme: 'text', credentials: 'text' },
};
const SEND: Shape = {
  'message!': MESSAGE,
  metadata: 'object',
  configuration: {
    acceptedOutputModes: ['text'],
    taskPushNotificationConfig: PUSH_CONFIG,
    historyLength: 'number',
    returnImmediately: 'flag',
  },
};
const ONE_CONFIG: Shape = { 'taskId!': 'text', 'id!': 'text' };

const PART_03: Shape = { 'kind!': 'text', text: 'text', data: 'object', file: 'object', metadata: 'object' };
const PUSH_CONFIG_03: Shape = {
  id: 'text',
  url: 'text',
  token: 'text',
  authentication: { schemes: ['text'], credentials: 'text' },
};
const SEND_03: Shape = {
  'message!': { ...MESSAGE, kind: 'text', role: 'text', 'parts!': [PART_03] },
  metadata: 'object',
  configuration: {
    acceptedOutputModes: ['text'],
    pushNotificationConfig: PUSH_CONFIG_03,
    historyLength: 'number',
    blocking: 'flag',
  },
};
const ONE_CONFIG_03: Shape = { 'id!': 'text', pushNotificationConfigId: 'text' };

/** The parameters of each method of both versions, as far as this server reads them. */
const PARAMS: Readonly<Record<string, Shape>> = {
  SendMessage: SEND,
  SendStreamingMessage: SEND,
  GetTask: { 'id!': 'text', historyLength: 'number' },
  ListTasks: {
    contextId: 'text',
    status: 'name',
    pageSize: 'number',
    pageToken: 'text',
    historyLength: 'number',
    statusTimestampAfter: 'text',
    includeArtifacts: 'flag',
  },
  CancelTask: { 'id!': 'text', metadata: 'object' },
  SubscribeToTask: { 'id!': 'text' },
  CreateTaskPushNotificationConfig: { ...PUSH_CONFIG, 'taskId!': 'text' },
  GetTaskPushNotificationConfig: ONE_CONFIG,
  DeleteTaskPushNotificationConfig: ONE_CONFIG,
  ListTaskPushNotificationConfigs: { 'taskId!': 'text', pageSize: 'number', pageToken: 'text' },
  GetExtendedAgentCard: {},
  'message/send': SEND_03,
  'message/stream': SEND_03,
  'tasks/get': { 'id!': 'text', historyLength: 'number' },
  'tasks/cancel': { 'id!': 'text' },
  'tasks/resubscribe': { 'id!': 'text' },
  'tasks/pushNotificationConfig/set': { 'taskId!': 'text', 'pushNotificationConfig!': PUSH_CONFIG_03 },
  'tasks/pushNotificationConfig/get': ONE_CONFIG_03,
  'tasks/pushNotificationConfig/list': ONE_CONFIG_03,
  'tasks/pushNotificationConfig/delete': ONE_CONFIG_03,
  'agent/getAuthenticatedExtendedCard': {},
};

/** Whether this server has the method, in either version. */
export function isMethod(method: string): boolean {
  return Object.hasOwn(PARAMS, method);
}

/**
 * What is wrong with a call's parameters, by the name of the field; undefined for good ones. The SDK turns whatever
 * it gets into text and numbers, or hands it on as it came.
 */
export function whatIsWrongWith(method: string, params: unknown): string | undefined {
  return wrongIn(PARAMS[method]!, params ?? {}, 'params');
}

function wrongIn(kind: Kind, value: unknown, path: string): string | undefined {
  switch (kind) {
    case 'any':
      return undefined;
    case 'text':
      return typeof value === 'string' ? undefined : `${path}: must be a text`;
    case 'flag':
      return typeof value === 'boolean' ? undefined : `${path}: must be true or false`;
    // protobuf's JSON writes whole numbers as text too, and names as their numbers
    case 'number':
      return isCount(value) || (typeof value === 'string' && /^\d{1,9}$/.test(value))
        ? undefined
        : `${path}: must be a whole number from 0`;
    case 'name':
      return typeof value === 'string' || isCount(value) ? undefined : `${path}: must be a text`;
    case 'object':
      return isObject(value) ? undefined : `${path}: must be an object`;
  }
  if (isList(kind))
    return Array.isArray(value)
      ? firstOf(value.map((each, at) => [`${path}[${at}]`, kind[0], each]))
      : `${path}: must be a list`;
  if (!isObject(value)) return `${path}: must be an object`;
  return firstOf(
    Object.entries(kind).flatMap(([key, inner]): [string, Kind, unknown][] => {
      const name = key.replace('!', '');
      const given = value[name] ?? value[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
      const at = path === 'params' ? name : `${path}.${name}`;
      if (given !== undefined && given !== null) return [[at, inner, given]];
      return key.endsWith('!') ? [[at, 'any', undefined]] : [];
    }),
  );
}

/** The first complaint. What is required and not there comes as an undefined value. */
function firstOf(fields: readonly (readonly [path: string, kind: Kind, value: unknown])[]): string | undefined {
  for (const [path, kind, value] of fields) {
    const wrong = value === undefined ? `${path}: is required` : wrongIn(kind, value, path);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function isList(kind: Kind): kind is readonly [Kind] {
  return Array.isArray(kind);
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
