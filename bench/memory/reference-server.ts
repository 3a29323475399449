import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { createRandom } from '../../src/config/index.js';
import { SemanticStore } from '../../src/memory/semantic/semantic.store.js';
import { SERVER_MAIN, databaseFile } from '../kit/bench-data.js';
import { type Bench, type BenchContext, figure } from '../kit/bench.js';
import { type Figure, percentile } from '../kit/figures.js';
import { HttpConnection, signIn } from '../kit/http-connection.js';
import { ADMIN, ServerProcess } from '../kit/server-process.js';
import { type MadeUpTriple, insertTriples, madeUpTriples } from './graph-world.js';
import { openMemory } from './open-memory.js';

const SIZES = [1_000, 10_000, 100_000];
const TRIPLES_PER_ENTITY = 6;
const ADDED_AT_ONCE = 100;
const LIMIT = 50;
const WARM_UP = 10;
const NOW = '2026-02-01T00:00:00.000Z';

/** The same questions to one graph, however it is kept. */
interface Subject {
  readonly name: string;
  add(triples: readonly MadeUpTriple[]): Promise<void>;
  /** An entity with the edges around it. */
  open(entity: string): Promise<void>;
  /** The same, and the edges around its neighbours. */
  openTwoHops(entity: string): Promise<void>;
  find(beginning: string): Promise<void>;
}

/**
 * The official reference memory server for MCP (@modelcontextprotocol/server-memory) and this one on the same graph.
 * The reference keeps a JSON-lines file that each call reads whole, and each change writes whole; so it is measured
 * at sizes that it can bear.
 */
export const referenceServerBench: Bench = async (context) => {
  const figures: Figure[] = [];
  const limits: Figure[] = [];
  for (const size of SIZES) {
    const triples = [...madeUpTriples(context.seed, size + 20 * ADDED_AT_ONCE, Math.ceil(size / TRIPLES_PER_ENTITY))];
    const [standing, more] = [triples.slice(0, size), triples.slice(size)];
    figures.push(...(await atThisProcess(context, standing, more)), ...(await atTheDoor(context, standing, more)));
    limits.push(...(await atTheReference(context, standing, more)));
  }
  return {
    bench: 'memory-reference-server',
    what: `the same made-up graph of ${SIZES.map((size) => size.toLocaleString('en-US')).join(', ')} triples here and (as the bare limit) in the official reference memory server for MCP`,
    figures,
    limits,
    notes: [
      'comparable: adding the same triples in batches of 100 (over /rpc a JSON-RPC batch, each call a unit with its audit row); an entity with its edges (graph.search, open_nodes); entities by their names (prefix, search_nodes)',
      'two hops: one call here; there open_nodes twice, the second time with all neighbours of the first',
      `not comparable: the reference gives all edges without weights, this server the ${LIMIT} strongest of each hop, with validity and, where asked, their origins`,
      'not comparable: search_nodes looks for a part of any name, type or observation; here names are found by how they begin',
      'the reference has no paths, no ranked spreading, no validity and no origins, and no protection from two writers',
      'the reference is spoken to over stdio by the official client, this server in its own process and over HTTP POST /rpc with permission, validation, audit row and journal',
      'the 100,000 triples were put in place as a file for the reference and as rows here; adding is measured on top of them',
    ],
  };
};

async function atThisProcess(
  { data, ...context }: BenchContext,
  standing: readonly MadeUpTriple[],
  more: readonly MadeUpTriple[],
): Promise<Figure[]> {
  const dataDir = data.freshFolder();
  const { get, units, call, close } = await openMemory(dataDir);
  try {
    insertTriples(databaseFile(dataDir), standing);
    const store = get(SemanticStore);
    const search = async (input: object): Promise<void> =>
      expectSome((await call<{ triples: object[] }>('graph.search', { limit: LIMIT, at: NOW, ...input })).triples);
    return await measure(context, standing, more, {
      name: 'in process',
      add: async (part) =>
        void (await units.run((unit) =>
          store.remember(
            unit,
            part.map((triple) => ({ ...triple, source: 'bench' })),
            { now: NOW },
          ),
        )),
      open: (entity) => search({ entity }),
      openTwoHops: (entity) => search({ entity, hops: 2 }),
      find: (prefix) => search({ prefix }),
    });
  } finally {
    await close();
    data.remove(dataDir);
  }
}

async function atTheDoor(
  { data, ...context }: BenchContext,
  standing: readonly MadeUpTriple[],
  more: readonly MadeUpTriple[],
): Promise<Figure[]> {
  const dataDir = data.freshFolder();
  // started once for its tables and its first user
  await (await ServerProcess.start({ main: SERVER_MAIN, dataDir })).stop();
  insertTriples(databaseFile(dataDir), standing);
  const server = await ServerProcess.start({ main: SERVER_MAIN, dataDir });
  try {
    const port = await server.ready();
    const connection = await HttpConnection.open(port, await signIn(port, ADMIN));
    const call = async <T>(calls: readonly [method: string, params: object][]): Promise<T[]> => {
      const { body } = await connection.request(
        'POST',
        '/rpc',
        calls.map(([method, params], id) => ({ jsonrpc: '2.0', id, method, params })),
      );
      const failed = (JSON.parse(body) as { error?: object }[]).find(({ error }) => error);
      if (failed) throw new Error(`a call was answered ${JSON.stringify(failed)}`);
      return (JSON.parse(body) as { result: T }[]).map(({ result }) => result);
    };
    const search = async (params: object): Promise<void> => {
      const [found] = await call<{ triples: object[] }>([['graph.search', { ...params, limit: LIMIT }]]);
      expectSome(found!.triples);
    };
    const figures = await measure(context, standing, more, {
      name: 'over POST /rpc',
      add: async (part) =>
        void (await call(part.map((triple) => ['memory.store', { tier: 'semantic', ...triple, source: 'bench' }]))),
      open: (entity) => search({ entity }),
      openTwoHops: (entity) => search({ entity, hops: 2 }),
      find: (prefix) => search({ prefix }),
    });
    connection.close();
    return figures;
  } finally {
    await server.stop();
    data.remove(dataDir);
  }
}

interface NodesAnswer {
  readonly entities: readonly { name: string }[];
  readonly relations: readonly { from: string; to: string }[];
}

async function atTheReference(
  { data, ...context }: BenchContext,
  standing: readonly MadeUpTriple[],
  more: readonly MadeUpTriple[],
): Promise<Figure[]> {
  const folder = data.freshFolder();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'memory.jsonl');
  const entityOf = (name: string) => ({ name, entityType: 'entity', observations: [] });
  const relationOf = ({ subject, predicate, object }: MadeUpTriple) => ({
    from: subject,
    to: object,
    relationType: predicate,
  });
  const namesIn = (triples: readonly MadeUpTriple[]): string[] => [
    ...new Set(triples.flatMap(({ subject, object }) => [subject, object])),
  ];
  writeFileSync(
    file,
    [
      ...namesIn(standing).map((name) => JSON.stringify({ type: 'entity', ...entityOf(name) })),
      ...standing.map((triple) => JSON.stringify({ type: 'relation', ...relationOf(triple) })),
    ].join('\n'),
  );
  const client = new Client({ name: 'herald-bench', version: '1.0.0' });
  const main = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-memory/dist/index.js');
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [main],
      env: { MEMORY_FILE_PATH: file },
      stderr: 'ignore',
      maxBufferSize: 2 ** 28,
    }),
  );
  const call = async (name: string, input: Record<string, unknown>): Promise<NodesAnswer> => {
    const { structuredContent, isError, content } = await client.callTool({ name, arguments: input });
    if (isError) throw new Error(`${name} answered ${JSON.stringify(content)}`);
    return structuredContent as unknown as NodesAnswer;
  };
  const open = async (names: readonly string[]): Promise<NodesAnswer> => call('open_nodes', { names });
  try {
    return await measure(context, standing, more, {
      name: 'reference',
      add: async (part) => {
        await call('create_entities', { entities: namesIn(part).map(entityOf) });
        await call('create_relations', { relations: part.map(relationOf) });
      },
      open: async (entity) => expectSome((await open([entity])).relations),
      openTwoHops: async (entity) =>
        expectSome(
          (await open([...new Set((await open([entity])).relations.flatMap(({ from, to }) => [from, to]))])).relations,
        ),
      find: async (query) => expectSome((await call('search_nodes', { query })).entities),
    });
  } finally {
    await client.close();
    data.remove(folder);
  }
}

/** Each question for at most some seconds: the median is what counts. */
async function measure(
  { isQuick, seed, say }: Omit<BenchContext, 'data'>,
  standing: readonly MadeUpTriple[],
  more: readonly MadeUpTriple[],
  subject: Subject,
): Promise<Figure[]> {
  const mostSeconds = isQuick ? 1 : 4;
  const random = createRandom(`reference ${seed}`);
  // entities drawn like in a conversation, from the many that have few edges, the same for everyone
  const entities = Array.from({ length: 200 }, () => standing[random.integer(standing.length)]!.subject);
  const repeatFor = async (count: number, run: (index: number) => Promise<void>): Promise<number[]> => {
    const times: number[] = [];
    const end = performance.now() + mostSeconds * 1000;
    for (let index = 0; index < count && (index < 2 || performance.now() < end); index++) {
      const started = performance.now();
      await run(index);
      times.push(performance.now() - started);
    }
    return times;
  };
  for (let index = 0; index < WARM_UP; index++) await subject.open(entities[index]!);
  const open = await repeatFor(200, (index) => subject.open(entities[index]!));
  const two = await repeatFor(200, (index) => subject.openTwoHops(entities[index]!));
  const find = await repeatFor(100, (index) => subject.find(entities[index]!.slice(0, -1)));
  const add = await repeatFor(more.length / ADDED_AT_ONCE, (index) =>
    subject.add(more.slice(index * ADDED_AT_ONCE, (index + 1) * ADDED_AT_ONCE)),
  );
  const at = `${subject.name}, ${standing.length.toLocaleString('en-US')} triples`;
  say(
    `memory-reference-server: ${at}: an entity ${percentile(open, 0.5).toFixed(2)} ms, ${((ADDED_AT_ONCE * 1000) / percentile(add, 0.5)).toFixed(0)} triples/s added`,
  );
  return [
    figure(`${at}: an entity with its edges, p50`, 'ms', [percentile(open, 0.5)]),
    figure(`${at}: two hops, p50`, 'ms', [percentile(two, 0.5)]),
    figure(`${at}: entities by name, p50`, 'ms', [percentile(find, 0.5)]),
    figure(`${at}: added`, 'triples/s', [(ADDED_AT_ONCE * 1000) / percentile(add, 0.5)]),
  ];
}

/** @throws Error for an empty answer: a fast server that finds nothing is no server */
function expectSome(found: readonly unknown[]): void {
  if (found.length === 0) throw new Error('nothing was found');
}
