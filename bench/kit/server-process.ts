import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

export interface ServerChoice {
  /** The built entry file of the server. */
  readonly main: string;
  readonly dataDir: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Flags of node itself, such as --cpu-prof. */
  readonly nodeFlags?: readonly string[];
}

export const ADMIN = { email: 'admin@herald.example', password: 'a long enough password' };
const START_TIMEOUT_MS = 60_000;
const LOOK_EVERY_MS = 20;

/** The server as a process of its own on a free port of the loopback address. */
export class ServerProcess {
  private output = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly exited: Promise<void>,
  ) {}

  /** Starts the process and does not wait for it. */
  static spawn({ main, dataDir, env = {}, nodeFlags = [] }: ServerChoice): ServerProcess {
    const child = spawn(process.execPath, [...nodeFlags, main], {
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        HERALD_HOST: '127.0.0.1',
        HERALD_DATA_DIR: dataDir,
        HERALD_DEMO: '0',
        HERALD_RATE_LIMIT: '0',
        HERALD_ADMIN_EMAIL: ADMIN.email,
        HERALD_ADMIN_PASSWORD: ADMIN.password,
        HERALD_SANDBOX: '1',
        LOG_LEVEL: 'warn',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new ServerProcess(
      child,
      once(child, 'exit').then(() => undefined),
    );
    for (const stream of [child.stdout, child.stderr])
      stream!.setEncoding('utf8').on('data', (text: string) => (server.output += text));
    return server;
  }

  static async start(choice: ServerChoice): Promise<ServerProcess> {
    const server = ServerProcess.spawn(choice);
    await server.ready();
    return server;
  }

  /** The port, once the server answers. @throws Error with what it said when it ends first */
  async ready(): Promise<number> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      const port = /Dashboard\s+http:\/\/[^:]+:(\d+)\//.exec(this.output)?.[1];
      if (port !== undefined) return Number(port);
      if (this.hasEnded) throw new Error(`the server ended before it was up:\n${this.output}`);
      if (performance.now() > deadline)
        throw new Error(`the server was not up after ${START_TIMEOUT_MS} ms:\n${this.output}`);
      await Promise.race([this.exited, pause(LOOK_EVERY_MS)]);
    }
  }

  get pid(): number {
    return this.child.pid!;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** What it wrote to both of its outputs. */
  get log(): string {
    return this.output;
  }

  /** kill -9, and waits until the process is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Asks it to end in order. */
  async stop(): Promise<void> {
    if (this.hasEnded) return;
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    await this.exited;
    clearTimeout(late);
  }
}
