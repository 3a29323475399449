import { setTimeout as pause } from 'node:timers/promises';
import { type Random, createRandom } from '../../src/config/index.js';
import { HttpConnection, signIn } from './http-connection.js';
import { type Losses, type PostedLead, countLosses, isDrained } from './count-losses.js';
import { leadBodies } from './lead-requests.js';
import { ADMIN, type ServerChoice, ServerProcess } from './server-process.js';

export interface DrillChoice extends ServerChoice {
  readonly kills: number;
  readonly seed: number;
  /** Clients that post at the same time. */
  readonly clients?: number;
  readonly say?: (line: string) => void;
}

export interface DrillReport {
  readonly kills: number;
  /** Kills that came before the server was up. */
  readonly kills_while_starting: number;
  /** Leads of which the client has the answer. */
  readonly leads_accepted: number;
  /** Requests that were under way when the server was killed, and were sent again with the same key. */
  readonly requests_repeated: number;
  readonly handoffs: number;
  readonly losses: Losses;
}

/** The server answered, and not as it should: no kill explains that. */
class WrongAnswerError extends Error {}

const SHORTEST_LIFE_MS = 300;
const LIFE_SPREAD_MS = 1_500;
const STARTING_KILL_SHARE = 0.2;
const DRAIN_TIMEOUT_MS = 60_000;

/**
 * Posts leads and has them triaged while the server is killed (-9) at random moments and started again on the same
 * folder, then lets it finish its work and counts. Clients do what the API asks of them: a request without an answer
 * is sent again with its Idempotency-Key.
 */
export async function killDrill({
  kills,
  seed,
  clients = 8,
  say = () => undefined,
  ...choice
}: DrillChoice): Promise<DrillReport> {
  const random = createRandom(`kills ${seed}`);
  const drill = new Drill(seed, choice);
  let killsWhileStarting = 0;
  for (let kill = 1; kill <= kills; kill++) {
    const isEarly = kill > 1 && random.next() < STARTING_KILL_SHARE;
    if (isEarly) killsWhileStarting++;
    await (isEarly ? drill.killWhileStarting(random) : drill.killUnderLoad(random, clients));
    say(`kill ${kill} of ${kills}${isEarly ? ', while it started' : ''}: ${drill.leads.length} leads posted so far`);
  }
  const drainedAt = await drill.finish(clients);
  const accepted = drill.leads.filter(({ leadId }) => leadId !== undefined);
  const { losses, handoffs } = countLosses(choice.dataDir, drill.leads, drainedAt);
  return {
    kills,
    kills_while_starting: killsWhileStarting,
    leads_accepted: accepted.length,
    requests_repeated: drill.repeated,
    handoffs,
    losses,
  };
}

class Drill {
  readonly leads: PostedLead[] = [];
  repeated = 0;
  private readonly bodyOf;
  private readonly unfinished: PostedLead[] = [];
  private token: { Authorization: string } | undefined;

  constructor(
    private readonly seed: number,
    private readonly choice: ServerChoice,
  ) {
    this.bodyOf = leadBodies(seed);
  }

  async killUnderLoad(random: Random, clients: number): Promise<void> {
    const server = await ServerProcess.start(this.choice);
    const stop = { isAsked: false };
    const posting = this.post(await server.ready(), clients, () => !stop.isAsked);
    await pause(SHORTEST_LIFE_MS + random.next() * LIFE_SPREAD_MS);
    await server.kill();
    stop.isAsked = true;
    await posting;
  }

  async killWhileStarting(random: Random): Promise<void> {
    const server = ServerProcess.spawn(this.choice);
    await pause(random.next() * LIFE_SPREAD_MS);
    await server.kill();
  }

  /**
   * Sends what has no answer yet once more, and waits until the server has nothing left to do. @returns the moment at
   * which it had not
   */
  async finish(clients: number): Promise<string> {
    const server = await ServerProcess.start(this.choice);
    try {
      const port = await server.ready();
      await this.post(port, clients, () => this.unfinished.length > 0);
      if (this.unfinished.length > 0)
        throw new Error(`${this.unfinished.length} requests were not answered:\n${server.log}`);
      return await this.waitUntilDrained();
    } finally {
      await server.stop();
    }
  }

  /**
   * Posts over several connections for as long as asked, unfinished leads first. A broken connection ends its client.
   */
  private async post(port: number, clients: number, goesOn: () => boolean): Promise<void> {
    // the token outlives the server: its secret is in the data folder
    const headers = (this.token ??= await signIn(port, ADMIN));
    await Promise.all(
      Array.from({ length: clients }, async () => {
        const connection = await HttpConnection.open(port, headers).catch(() => undefined);
        if (!connection) return;
        while (goesOn()) {
          const lead = this.unfinished.shift() ?? this.newLead();
          if (!(await this.advance(connection, lead))) break;
        }
        connection.close();
      }),
    );
  }

  private newLead(): PostedLead {
    const index = this.leads.length;
    const isTriagedByJob = index % 3 === 0;
    const body = { ...this.bodyOf(index), email: `kill-${this.seed}-${index}@example.com`, triage: isTriagedByJob };
    const lead: PostedLead = { body, key: `drill-${this.seed}-${index}`, isTriagedByJob };
    this.leads.push(lead);
    return lead;
  }

  /** @returns false when the server went away in the middle */
  private async advance(connection: HttpConnection, lead: PostedLead): Promise<boolean> {
    try {
      lead.leadId ??= (await ask<{ lead_id: string }>(connection, '/api/v1/leads', lead.body, lead.key)).lead_id;
      if (!lead.isTriagedByJob) await ask(connection, `/api/v1/leads/${lead.leadId}/triage`, {}, lead.key);
      return true;
    } catch (error) {
      if (error instanceof WrongAnswerError) throw error;
      this.repeated++;
      this.unfinished.push(lead);
      return false;
    }
  }

  private async waitUntilDrained(): Promise<string> {
    const deadline = performance.now() + DRAIN_TIMEOUT_MS;
    for (;;) {
      const now = new Date().toISOString();
      if (isDrained(this.choice.dataDir, now)) return now;
      if (performance.now() > deadline) throw new Error(`the outbox still had due work after ${DRAIN_TIMEOUT_MS} ms`);
      await pause(100);
    }
  }
}

async function ask<T>(connection: HttpConnection, path: string, body: object, key: string): Promise<T> {
  const answer = await connection.request('POST', path, body, `Idempotency-Key: ${key}\r\n`);
  if (answer.status < 200 || answer.status > 299)
    throw new WrongAnswerError(`POST ${path} answered ${answer.status}: ${answer.body}`);
  return JSON.parse(answer.body) as T;
}
