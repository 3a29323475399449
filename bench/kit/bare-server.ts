import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { fastify } from 'fastify';
import { BareInserts, TRIAGE_TABLES, openEmptyCopy } from './bare-inserts.js';

const THIS_FILE = fileURLToPath(import.meta.url);

export interface BareServer {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * The limit that REST is held against: Fastify without Nest, on the same tables, that answers the same two requests
 * after one prepared insert (a lead) and five (a triage), in a process of its own.
 */
export async function startBareServer(like: string, file: string): Promise<BareServer> {
  const child = fork(THIS_FILE, [like, file]);
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function serve(like: string, file: string): Promise<void> {
  const database = openEmptyCopy(like, file);
  const lead = new BareInserts(database, like, ['leads']);
  const triage = new BareInserts(database, like, TRIAGE_TABLES);
  const server = fastify();
  server.post('/api/v1/leads', async (request) => {
    lead.insertOneEach();
    return request.body;
  });
  server.post('/api/v1/leads/:leadId/triage', async (request) => {
    triage.insertOneEach();
    return { ...(request.params as object), category: 'Cold Lead' };
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  process.send!((server.server.address() as { port: number }).port);
}

if (process.argv[1] === THIS_FILE) await serve(process.argv[2]!, process.argv[3]!);
