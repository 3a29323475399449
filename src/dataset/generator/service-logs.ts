import type { Random } from '../../config/index.js';
import type { Row } from '../cell-codec.js';
import type { DatasetWriter } from '../dataset-writer.js';
import { DAY_MS, isoTime, momentOfDay, type Period } from './calendar.js';
import { chance, clamp, exponential, normal, pick, weightedKey } from './sampling.js';
import type { HandoffReceiver } from '../../vocabulary/index.js';

interface Method {
  readonly weight: number;
  readonly caller: Exclude<HandoffReceiver, 'Manager'>;
  readonly target: string;
  readonly medianMs: number;
  readonly verb: string;
  readonly scope: string;
  readonly operation: string;
}

const METHODS: Record<string, Method> = {
  getLead: {
    weight: 25,
    caller: 'LeadTriage',
    target: 'db://leads',
    medianMs: 18,
    verb: 'GET',
    scope: 'read',
    operation: 'SELECT',
  },
  updateLead: {
    weight: 14,
    caller: 'LeadTriage',
    target: 'db://leads',
    medianMs: 35,
    verb: 'PUT',
    scope: 'write',
    operation: 'UPDATE',
  },
  trackEvent: {
    weight: 22,
    caller: 'Engagement',
    target: 'analytics://events',
    medianMs: 12,
    verb: 'POST',
    scope: 'write',
    operation: 'INSERT',
  },
  fetchMemory: {
    weight: 14,
    caller: 'Engagement',
    target: 'cache://memory',
    medianMs: 9,
    verb: 'GET',
    scope: 'read',
    operation: 'SELECT',
  },
  storeMemory: {
    weight: 9,
    caller: 'Engagement',
    target: 'cache://memory',
    medianMs: 15,
    verb: 'POST',
    scope: 'write',
    operation: 'UPSERT',
  },
  searchGraph: {
    weight: 7,
    caller: 'Engagement',
    target: 'kg://graph',
    medianMs: 60,
    verb: 'POST',
    scope: 'search',
    operation: 'QUERY',
  },
  recommendAction: {
    weight: 5,
    caller: 'Optimizer',
    target: 'db://interactions',
    medianMs: 220,
    verb: 'POST',
    scope: 'read',
    operation: 'SELECT',
  },
  consolidateMemory: {
    weight: 2,
    caller: 'Engagement',
    target: 'cache://memory',
    medianMs: 340,
    verb: 'POST',
    scope: 'consolidate',
    operation: 'MERGE',
  },
  optimizeCampaign: {
    weight: 2,
    caller: 'Optimizer',
    target: 'db://campaigns',
    medianMs: 480,
    verb: 'PUT',
    scope: 'write',
    operation: 'UPDATE',
  },
};
const METHOD_WEIGHTS = Object.fromEntries(Object.entries(METHODS).map(([name, { weight }]) => [name, weight]));
const STATUS_WEIGHTS = { '200': 945, '400': 18, '401': 10, '403': 9, '500': 18 };
const ACTOR = { LeadTriage: 'Agent-Client', Engagement: 'Agent-Client', Optimizer: 'Optimizer-Worker' } as const;

/**
 * Calls of the agents, each with its transport row and its resource access, all at one moment. One bad day has ten
 * times the server errors.
 */
export async function writeCalls(random: Random, writer: DatasetWriter, count: number, period: Period): Promise<void> {
  const badDay = period.start + random.integer(period.days) * DAY_MS;
  const ids = { http: 0, session: 1 };
  for (let number = 1; number <= count; number++) {
    const day = period.start + random.integer(period.days) * DAY_MS;
    const name = weightedKey(random, METHOD_WEIGHTS);
    writeCall(random, writer, {
      number,
      name,
      method: METHODS[name],
      timestamp: isoTime(momentOfDay(random, day)),
      isBadDay: day === badDay,
      ids,
    });
    if (number % 1000 === 0) await writer.drain();
  }
}

interface Call {
  readonly number: number;
  readonly name: string;
  readonly method: Method;
  readonly timestamp: string;
  readonly isBadDay: boolean;
  readonly ids: { http: number; session: number };
}

function writeCall(
  random: Random,
  writer: DatasetWriter,
  { number, name, method, timestamp, isBadDay, ids }: Call,
): void {
  const isHttp = chance(random, 0.5);
  const status = Number(weightedKey(random, isBadDay ? { ...STATUS_WEIGHTS, '500': 180 } : STATUS_WEIGHTS));
  const paramsBytes = clamp(Math.round(200 + exponential(random, 900)), 200, 60_000);
  const duration = clamp(
    Math.round(method.medianMs * Math.exp(0.6 * normal(random)) * (status === 500 ? 5 : 1)),
    1,
    30_000,
  );
  writer.add('mcp_jsonrpc_calls', {
    rpc_id: `RPC${String(number).padStart(6, '0')}`,
    timestamp,
    transport: isHttp ? 'HTTP' : 'WebSocket',
    method: name,
    params_bytes: paramsBytes,
    duration_ms: duration,
    status_code: status,
    source_agent_type: method.caller,
    target_resource: method.target,
  });
  writer.add('mcp_resource_access', {
    resource_uri: method.target,
    timestamp,
    scope: method.scope,
    operation: method.operation,
    success: status === 200,
    actor: chance(random, 0.1) ? 'MCP-Server' : ACTOR[method.caller],
  });
  if (isHttp)
    writer.add('transport_http_requests', httpRow(random, timestamp, method.verb, status, paramsBytes, ++ids.http));
  else writer.add('transport_websocket_sessions', exchangeRow(random, timestamp, paramsBytes, ids));
}

function httpRow(
  random: Random,
  timestamp: string,
  method: string,
  status: number,
  paramsBytes: number,
  number: number,
): Row {
  return {
    request_id: `HTTP${String(number).padStart(5, '0')}`,
    timestamp,
    method,
    status_code: status,
    bytes_in: paramsBytes + 180 + random.integer(120),
    bytes_out: status === 200 ? 300 + Math.round(exponential(random, 2500)) : 200 + random.integer(200),
  };
}

/** One exchange of a session; a session has about three. */
function exchangeRow(random: Random, timestamp: string, paramsBytes: number, ids: { session: number }): Row {
  if (chance(random, 1 / 3)) ids.session++;
  const sent = 1 + random.integer(6);
  return {
    session_id: `WS${String(ids.session).padStart(5, '0')}`,
    timestamp,
    messages_sent: sent,
    messages_received: clamp(sent + random.integer(3) - 1, 1, 6),
    bytes_in: paramsBytes + 120 * sent,
    bytes_out: 300 + Math.round(exponential(random, 1800)),
  };
}

const SCOPES: Record<string, readonly string[]> = {
  'svc-mcp': ['leads:read', 'leads:write', 'memory:rw', 'campaigns:read'],
  'svc-engagement': ['leads:read', 'leads:write', 'memory:rw'],
  'svc-optimizer': ['campaigns:read', 'campaigns:write', 'analytics:read'],
  'analyst-ui': ['analytics:read', 'campaigns:read', 'leads:read'],
};
const MECHANISM = {
  'svc-mcp': { mTLS: 8, APIKey: 2 },
  'svc-engagement': { mTLS: 7, APIKey: 3 },
  'svc-optimizer': { mTLS: 7, APIKey: 3 },
  'analyst-ui': { OIDC: 9, APIKey: 1 },
} as const;

/**
 * Sign-ins: nearly all succeed; once somebody guesses at the analysts' door from one address, about one event in
 * thirty.
 */
export function* authEventRows(random: Random, count: number, period: Period): Generator<Row> {
  const attackAt = period.start + Math.floor(period.days * 0.6) * DAY_MS + 2 * 3_600_000;
  for (let number = 1; number <= count; number++) {
    const event_id = `AUTH${String(number).padStart(5, '0')}`;
    if (number % 30 === 0) yield attackEvent(event_id, attackAt + number * 1000);
    else yield usualEvent(random, event_id, period);
  }
}

function usualEvent(random: Random, event_id: string, period: Period): Row {
  const principal = pick(random, Object.keys(SCOPES));
  const mechanism: Record<string, number> = MECHANISM[principal as keyof typeof MECHANISM];
  return {
    event_id,
    timestamp: isoTime(momentOfDay(random, period.start + random.integer(period.days) * DAY_MS)),
    principal,
    auth_mechanism: weightedKey(random, mechanism),
    scope: pick(random, SCOPES[principal]),
    result: weightedKey(random, { success: 940, failure: 25, expired: 25, denied: 10 }),
    ip: `10.${random.integer(256)}.${random.integer(256)}.${1 + random.integer(254)}`,
  };
}

function attackEvent(event_id: string, at: number): Row {
  return {
    event_id,
    timestamp: isoTime(at),
    principal: 'analyst-ui',
    auth_mechanism: 'APIKey',
    scope: 'leads:read',
    result: 'failure',
    ip: '10.66.6.6',
  };
}
