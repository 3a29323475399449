import { Settings } from '../src/config/index.js';
import { createApp } from '../src/create-app.js';
import { FigureKeeper } from '../src/crm/index.js';
import { SERVER_MAIN, databaseFile } from './kit/bench-data.js';
import { type Bench, figure, repeat } from './kit/bench.js';
import { makeBigWorld } from './kit/big-world.js';
import { percentile } from './kit/figures.js';
import { HttpConnection, signIn } from './kit/http-connection.js';
import { ADMIN, ServerProcess } from './kit/server-process.js';

const LEADS = 200_000;
const INTERACTIONS = 1_000_000;
const LONGEST_MS = 50;
/** Of each list: these many times, first page and next one in turn. */
const TIMES = 20;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: { readonly enum?: readonly unknown[] };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { operationId: string; parameters?: Parameter[] }>>>>;
}

/** What a viewer may ask, and what agents and admins do, on a grown database; how long everybody else waits. */
export const scaleBench: Bench = async ({ data, runs, isQuick, seed, say }) => {
  const dataDir = data.freshFolder();
  say(`making ${LEADS.toLocaleString('en-US')} leads and ${INTERACTIONS.toLocaleString('en-US')} interactions`);
  await makeBigWorld(databaseFile(dataDir), { leads: LEADS, interactions: INTERACTIONS, seed });
  await countAll(dataDir);
  const server = await ServerProcess.start({ main: SERVER_MAIN, dataDir });
  const port = await server.ready();
  const client = new Client(await HttpConnection.open(port, await signIn(port, ADMIN)));
  const document = (await client.get('/openapi.json')) as Document;
  const lists = listPaths(document);
  const slowest: string[] = [];
  const measured = await repeat(isQuick ? 1 : runs, async (run) => {
    const lead = await client.ids('leads', 'lead_id');
    const campaign = await client.ids('campaigns', 'campaign_id');
    await client.eventLoopDelay();
    const byList = new Map<string, number[]>();
    let worstCall = { query: '', ms: 0 };
    for (const { path, parameters } of lists) {
      const times: number[] = [];
      const filters = filtersOf(parameters, { lead_id: lead[0]!, campaign_id: campaign[0]! });
      for (const query of [...new Array<string>(TIMES).fill(''), ...filters]) {
        const taken = await client.pages(path, query);
        times.push(...taken);
        const ms = Math.max(...taken);
        if (ms > worstCall.ms) worstCall = { query: `${path}?${query}`, ms };
      }
      byList.set(path, times);
    }
    const [worst, worstTimes] = [...byList].sort((a, b) => percentile(b[1], 0.99) - percentile(a[1], 0.99))[0]!;
    slowest.push(`slowest list: ${worst}; slowest call: ${worstCall.query}, ${worstCall.ms.toFixed(1)} ms`);
    const listDelay = await client.eventLoopDelay();
    const overview = await client.times(TIMES, 'GET', () => '/api/v1/overview');
    const queue = await client.times(TIMES, 'GET', () => '/api/v1/queue');
    const optimize = await client.times(
      campaign.length,
      'POST',
      (index) => `/api/v1/campaigns/${campaign[index]}/optimize`,
    );
    const erase = await client.times(TIMES, 'DELETE', (index) => `/api/v1/leads/${lead[index + 1]}`);
    const triage = await client.times(TIMES, 'POST', (index) => `/api/v1/leads/${lead[index + 1 + TIMES]}/triage`);
    const workDelay = await client.eventLoopDelay();
    say(`scale ${run + 1}: ${worst} is the slowest list`);
    return {
      list: percentile(worstTimes, 0.99),
      overview: percentile(overview, 0.99),
      queue: percentile(queue, 0.99),
      optimize: percentile(optimize, 0.99),
      erase: percentile(erase, 0.99),
      triage: percentile(triage, 0.99),
      delay: Math.max(listDelay, workDelay),
    };
  }).finally(() => server.stop());
  client.close();
  data.remove(dataDir);
  const target = { below: LONGEST_MS };
  return {
    bench: 'scale',
    what: `lists, overview, optimise and erase on ${LEADS.toLocaleString('en-US')} leads and ${INTERACTIONS.toLocaleString('en-US')} interactions`,
    figures: [
      figure(`the slowest of ${lists.length} lists, p99`, 'ms', measured.list, target),
      figure('overview, p99', 'ms', measured.overview, target),
      figure('queue, p99', 'ms', measured.queue, target),
      figure('optimise a campaign, p99', 'ms', measured.optimize, target),
      figure('erase a lead, p99', 'ms', measured.erase, target),
      figure('triage a lead, p99', 'ms', measured.triage, target),
      figure('longest that the event loop stood still', 'ms', measured.delay, target),
    ],
    limits: [],
    notes: slowest,
  };
};

/** As on a server that has grown to this: what came by and by has been counted. */
async function countAll(dataDir: string): Promise<void> {
  const settings = new Settings({ HERALD_DATA_DIR: dataDir, HERALD_DEMO: '0', LOG_LEVEL: 'error' }, 'off');
  const app = await createApp(settings);
  await app.init();
  await app.get(FigureKeeper).settle();
  await app.close();
}

/** Every list of the API: what answers pages and needs no id in its path. */
function listPaths({ paths }: Document): { path: string; parameters: readonly Parameter[] }[] {
  return Object.entries(paths).flatMap(([path, { get }]) => {
    const parameters = get?.parameters ?? [];
    const isList =
      path.startsWith('/api/v1/') && !path.includes('{') && parameters.some(({ name }) => name === 'cursor');
    return isList ? [{ path, parameters }] : [];
  });
}

/** One query for each word that a filter takes, and for each id that is known. */
function filtersOf(parameters: readonly Parameter[], ids: Readonly<Record<string, string>>): string[] {
  return parameters
    .filter((parameter) => parameter.in === 'query')
    .flatMap(({ name, schema }) => {
      const values = schema.enum ?? (ids[name] === undefined ? [] : [ids[name]]);
      return values.map((value) => `${name}=${encodeURIComponent(String(value))}`);
    });
}

class Client {
  constructor(private readonly connection: HttpConnection) {}

  async get(path: string): Promise<unknown> {
    return JSON.parse(await this.call('GET', path));
  }

  async ids(list: string, field: string): Promise<string[]> {
    const { items } = (await this.get(`/api/v1/${list}?limit=100`)) as { items: Record<string, string>[] };
    return items.map((item) => item[field]!);
  }

  /** @returns milliseconds of the first page, and of the next one where there is one */
  async pages(path: string, query = ''): Promise<number[]> {
    const started = performance.now();
    const first = JSON.parse(await this.call('GET', `${path}?${query}`)) as { next_cursor: string | null };
    const firstMs = performance.now() - started;
    if (first.next_cursor === null) return [firstMs];
    const again = performance.now();
    await this.call('GET', `${path}?${query}&cursor=${encodeURIComponent(first.next_cursor)}`);
    return [firstMs, performance.now() - again];
  }

  async times(count: number, method: string, pathOf: (index: number) => string): Promise<number[]> {
    const times: number[] = [];
    for (let index = 0; index < count; index++) {
      const started = performance.now();
      await this.call(method, pathOf(index));
      times.push(performance.now() - started);
    }
    return times;
  }

  /** The longest, in milliseconds, since it was last asked for: the histogram starts anew with each look. */
  async eventLoopDelay(): Promise<number> {
    const metrics = await this.call('GET', '/metrics');
    return Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(metrics)![1]) * 1000;
  }

  close(): void {
    this.connection.close();
  }

  private async call(method: string, path: string): Promise<string> {
    const { status, body } = await this.connection.request(method, path, method === 'POST' ? {} : undefined);
    if (status < 200 || status > 299) throw new Error(`${method} ${path} answered ${status}: ${body}`);
    return body;
  }
}
