import { createRandom } from '../../src/config/index.js';
import { type StartedApp, startApp } from '../app.js';
import { type FuzzedRequest, type Kind, RequestFuzzer } from './fuzz-requests.js';
import { judgeRequest } from './judge-request.js';
import {
  type DocumentedResponse,
  type FoundOperation,
  type OpenApiDocument,
  SchemaChecker,
  operationsOf,
} from './openapi-schemas.js';

/** Longer and other searches: HERALD_FUZZ_ROUNDS=100 HERALD_FUZZ_SECONDS=600 HERALD_FUZZ_SEED=2. */
const ROUNDS = Number(process.env.HERALD_FUZZ_ROUNDS ?? 8);
const SEED = process.env.HERALD_FUZZ_SEED ?? 'openapi';
const SECONDS = Number(process.env.HERALD_FUZZ_SECONDS ?? 60);
const KINDS: readonly Kind[] = ['fitting', 'one odd value', 'fitting', 'junk'];
/** The first two would end the session that the others run in, and the last has no end. */
const LEFT_OUT = new Set(['auth.logout', 'auth.password', 'event.stream']);
/** Each try costs a password hash on purpose. */
const SLOW = new Set(['auth.login', 'user.create', 'user.update']);

describe('every operation of the OpenAPI document', () => {
  let herald: StartedApp;
  let document: OpenApiDocument;
  let operations: FoundOperation[];

  beforeAll(async () => {
    herald = await startApp();
    document = (await herald.call('GET', '/openapi.json')).body as OpenApiDocument;
    operations = operationsOf(document).filter(({ operation }) => !LEFT_OUT.has(operation.operationId));
  });
  afterAll(() => herald?.stop());

  it(
    'answers requests that fit, are odd or are junk with a status and a body that the document lists, and never fails',
    async () => {
      const fuzzer = new RequestFuzzer(document, createRandom(SEED));
      const checker = new SchemaChecker(document);
      const faults: string[] = [];
      const worked = new Set<string>();
      for (const [name, method, path, body] of FIRST_ROWS) {
        const { status, body: row } = await herald.call(method, path, body);
        expect([name, JSON.stringify(row), status]).toEqual([name, expect.any(String), 201]);
        fuzzer.learn(row);
      }
      // changing the own account would end the session that all requests run in
      fuzzer.avoid((await herald.call('GET', '/api/v1/auth/me')).body.id as string);
      for (const [name, value] of KNOWN_NAMES) fuzzer.remember(name, value);
      const until = performance.now() + SECONDS * 1_000;
      let requests = 0;
      for (let round = 0; round < ROUNDS && (round === 0 || performance.now() < until); round++) {
        for (const found of operations) {
          const { operationId } = found.operation;
          if (SLOW.has(operationId) && round > 1) continue;
          for (const kind of KINDS) {
            const request = fuzzer.make(found, kind);
            const answer = await send(herald, request);
            requests++;
            if (answer.status < 300) {
              worked.add(operationId);
              fuzzer.learn(answer.body);
            }
            const fault =
              faultOf(answer, found, checker) ?? disagreement(answer, judgeRequest(request, found, checker));
            if (fault) faults.push(describeFault(fault, request, answer));
          }
        }
      }
      if (process.env.HERALD_FUZZ_ROUNDS)
        process.stdout.write(
          `${requests} requests, ${faults.length} findings, ${distinct(faults).length} of them distinct\n`,
        );
      expect(distinct(faults)).toEqual([]);
      // a fuzzer whose every request is refused at the gate tests the gate alone
      const neverWorked = operations.map(({ operation }) => operation.operationId).filter((id) => !worked.has(id));
      expect(neverWorked.length / operations.length < 0.3 ? [] : neverWorked).toEqual([]);
    },
    Math.max(240_000, SECONDS * 2_000),
  );
});

describe('the stream of events, which has no end and is left out above', () => {
  let herald: StartedApp;
  beforeAll(async () => {
    herald = await startApp();
  });
  afterAll(() => herald?.stop());

  it.each([
    ['for a type that there is not', '?types=nonsense', undefined, 400],
    ['for a parameter that is too long', `?after=${'1'.repeat(41)}`, undefined, 400],
    ['for a stranger', '', null, 401],
  ])('refuses %s as the document says', async (_, query, token, status) => {
    const document = (await herald.call('GET', '/openapi.json')).body as OpenApiDocument;
    const found = operationsOf(document).find(({ operation }) => operation.operationId === 'event.stream')!;
    const answer = await herald.call('GET', `/api/v1/events${query}`, undefined, token === null ? { token } : {});
    expect(answer.status).toBe(status);
    const { schema } = found.operation.responses[status]!.content!['application/problem+json']!;
    expect(new SchemaChecker(document).fault(schema, answer.body)).toBeUndefined();
  });
});

const FIRST_ROWS: readonly [string, string, string, object][] = [
  [
    'a campaign',
    'POST',
    '/api/v1/campaigns',
    {
      name: 'Fuzzed',
      objective: 'Lead Gen',
      start_date: '2026-01-01T00:00:00Z',
      channel_mix: ['Email', 'Social'],
      daily_budget_usd: 50,
      total_budget_usd: 5_000,
    },
  ],
  [
    'a lead',
    'POST',
    '/api/v1/leads',
    { source: 'Webinar', email: 'ada@example.com', company_size: '51-200', gdpr_consent: true },
  ],
];

const KNOWN_NAMES: readonly [string, string][] = [
  ['from_agent', 'lead_triage_001'],
  ['from_agent', 'LT-001'],
  ['to_agent', 'engagement_002'],
  ['to_agent', 'Optimizer'],
  ['to_agent', 'Manager'],
  ['uri', 'db://leads'],
  ['address', 'ada@example.com'],
];

interface Answer {
  status: number;
  type: string;
  text: string;
  body: unknown;
}

async function send({ url, token }: StartedApp, { method, path, headers, body }: FuzzedRequest): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  return { status: response.status, type, text, body: type.endsWith('json') ? JSON.parse(text) : text };
}

/**
 * What no schema can say, so that a request which fits the document may still be refused for it: what must exist, what
 * is early or late against something else, where a list was left, and the few characters and names that nothing takes.
 */
const BEYOND_SCHEMAS = [
  /there is no |is not the name of|must name an agent|is no type of event|is none of|no address for|needs no approval/,
  /must be (later|in the future)|must not be (after|before)|lies in the future/,
  /cursor/,
  // of the query, on which OpenAPI has rules for one parameter at a time
  /does not go with|memory is read by|^[\w]+: give (this, or )?at least one of|must be another entity than|more than one hop begins/,
  // what libraries read, in more spellings than a pattern can list
  /is not a telephone number|is neither an email|is not one email address|must be a country|must be a time zone|is not an absolute address/,
  /(^|; )region: must be one of|is longer than 60 characters/,
  // of fields beside each other, and of rows and settings
  /belongs to steps that are a message|must say (on which channel|what the message)|must say after how many days/,
  /there are two steps|^draft\.steps\[\d+\]\.(subject|body): |cannot take over from itself/,
  /nobody stands in for|must be a user who|must be within \d+ days|give exactly one of|lies (before|after) the campaign|needs the setting/,
  // of the case at hand: what can be changed depends on it
  /cannot be changed here/,
  // of the operation that is asked for, whose schema is not this one's
  /^input[.:]/,
  /NUL character|is not an allowed name|nested deeper|differs from the one in the path|must be a finite number/,
];

/** Where document and server do not agree on whether the request is right. */
function disagreement({ status, body }: Answer, wrong: string | undefined): string | undefined {
  if (wrong !== undefined) return status < 300 ? `takes what the document does not allow (${wrong})` : undefined;
  if (status !== 400) return undefined;
  const { detail } = body as { detail: string };
  return BEYOND_SCHEMAS.some((reason) => reason.test(detail))
    ? undefined
    : `refuses what the document allows: ${detail}`;
}

/** What in the answer the document does not allow. */
function faultOf(
  { status, type, text, body }: Answer,
  { operation }: FoundOperation,
  checker: SchemaChecker,
): string | undefined {
  if (status >= 500) return `failed with ${status}`;
  const response: DocumentedResponse | undefined = operation.responses[status];
  if (!response) return `answers ${status}, which is not listed`;
  if (!response.content) return text === '' ? undefined : `answers ${status} with a body`;
  const content = response.content[type];
  if (!content) return `answers ${status} as "${type}", not as ${Object.keys(response.content).join(' or ')}`;
  const fault = checker.fault(content.schema, body);
  return fault && `answers ${status} off its schema: ${fault}`;
}

function describeFault(fault: string, { method, path, headers, body }: FuzzedRequest, answer: Answer): string {
  const sent = [method, path.slice(0, 300), JSON.stringify(headers), body?.slice(0, 600)].filter(Boolean).join(' ');
  return `${method} ${path.split('?')[0]!.slice(0, 80)} ${fault}\n  sent: ${sent}\n  got: ${answer.text.slice(0, 400)}`;
}

/** One of each fault is enough to read. */
function distinct(faults: readonly string[]): string[] {
  const byFirstWords = new Map(
    faults.map((fault) => [
      fault
        .split('\n')[0]!
        .replace(/[\w-]*\d[\w-]*/g, '#')
        .slice(0, 160),
      fault,
    ]),
  );
  return [...byFirstWords.values()];
}
