// A server of this build on a free port with an empty folder, and a token for it.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ADMIN = { email: 'admin@herald.example', password: 'a long enough password' };
/** A start takes a busy machine a while. */
const START_MS = 150_000;
const STOP_MS = 15_000;

/** @param {{ main: string, log: string }} choice the built entry file, and where the server's output goes */
export async function startServer({ main, log }) {
  const dataDir = mkdtempSync(join(tmpdir(), 'herald-conformance-'));
  const port = await freePort();
  const server = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH, PORT: String(port), HERALD_HOST: '127.0.0.1', HERALD_DATA_DIR: dataDir, HERALD_DEMO: '0',
      HERALD_ADMIN_EMAIL: ADMIN.email, HERALD_ADMIN_PASSWORD: ADMIN.password, HERALD_RATE_LIMIT: '0', LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = createWriteStream(log);
  server.stdout.pipe(output, { end: false });
  server.stderr.pipe(output, { end: false });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    server.kill('SIGTERM');
    const kill = setTimeout(() => server.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(kill);
    output.end();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await up(server);
    return { port, token: await signIn(port), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function up(server) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the server was not up after ${START_MS / 1000} s`)), START_MS);
    server.stdout.on('data', (chunk) => chunk.includes('Herald is up') && resolve());
    server.once('exit', (code) => reject(new Error(`the server ended with code ${code} before it was up`)));
    void timer.unref();
  });
}

async function signIn(port) {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/auth/login`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(ADMIN),
  });
  if (!answer.ok) throw new Error(`signing in answered ${answer.status}`);
  return (await answer.json()).access_token;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
