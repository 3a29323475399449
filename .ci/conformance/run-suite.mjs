// Runs the MCP conformance suite, for both protocol eras, against a server of this build. One line a scenario, then a count.
// node run-suite.mjs [--main <built main.js>] [--keep <folder for the details>] [--only <scenario>]
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from './server-under-test.mjs';
import { startTokenProxy } from './token-proxy.mjs';

const HERE = import.meta.dirname;
const REVISIONS = ['2025-11-25', '2026-07-28'];
const SUITE = join(HERE, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
/** The suite needs `globSync` of node:fs. */
const NEEDED_NODE = 22;

/** "<revision> <scenario> <check>" → why it is the suite's mistake and not ours. Empty, and meant to stay so. */
const EXPECTED_FAILURES = new Map();

const { values: flags } = parseArgs({
  options: { main: { type: 'string' }, keep: { type: 'string' }, only: { type: 'string' } },
});
const main = resolve(flags.main ?? join(HERE, '../../dist/test/mcp-fixtures/main.js'));
if (!existsSync(main)) fail(`${main} is missing: build first`);
if (!existsSync(SUITE)) fail('the suite is not installed: run npm ci in .ci/conformance');

const folder = flags.keep ? resolve(flags.keep) : mkdtempSync(join(tmpdir(), 'herald-suite-'));
mkdirSync(folder, { recursive: true });
let unexpected = 0;
const server = await startServer({ main, log: join(folder, 'server.log') });
try {
  const proxy = await startTokenProxy(server);
  for (const revision of REVISIONS) unexpected += await runRevision(revision, `http://127.0.0.1:${proxy.port}/mcp`);
  proxy.close();
} finally {
  await server.stop();
}
if (!flags.keep && unexpected === 0) rmSync(folder, { recursive: true, force: true });
else console.log(`details: ${folder}`);
process.exitCode = unexpected > 0 ? 1 : 0;

async function runRevision(revision, url) {
  const results = join(folder, revision);
  rmSync(results, { recursive: true, force: true });
  const started = Date.now();
  const code = await runSuite(['server', '--url', url, ...choice(revision), '--output-dir', results], join(folder, `${revision}.log`));
  const scenarios = existsSync(results) ? readdirSync(results).map((name) => readScenario(revision, join(results, name), name)) : [];
  scenarios.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const scenario of scenarios) console.log(lineOf(revision, scenario));
  const absent = flags.only ? [] : scenariosOf(revision).filter((name) => !scenarios.some((scenario) => scenario.name === name));
  for (const name of absent) console.log(`FAIL ${revision} ${name}: left no result; see ${revision}.log`);
  const count = (key) => scenarios.reduce((sum, scenario) => sum + scenario[key].length, 0);
  const failed = scenarios.filter(({ failures }) => failures.length > 0).length;
  const seconds = Math.round((Date.now() - started) / 100) / 10;
  console.log(
    `${revision}: ${scenarios.length - failed} of ${scenarios.length} scenarios passed; checks: ${count('passes')} passed, ${count('failures')} failed, ` +
      `${count('warnings')} warnings, ${count('skips')} skipped; ${seconds} s`,
  );
  // a suite that ran nothing has not passed
  const isBroken = scenarios.length === 0 || (code !== 0 && failed === 0 && count('excused') === 0);
  if (isBroken) console.log(`FAIL ${revision}: the suite ended with code ${code}; see ${revision}.log`);
  return failed + absent.length + (isBroken ? 1 : 0);
}

/** What the suite's own list for a revision says about servers: what is required, and what is run besides. A scenario that breaks off leaves no result. */
function scenariosOf(revision) {
  const list = readFileSync(join(SUITE, '../../requirements', `${revision}.yaml`), 'utf8');
  const [, required = ''] = /^server:\n((?: +- .+\n)+)/m.exec(list) ?? [];
  const besides = [...list.matchAll(/- scenario: (\S+)\n +leg: server/g)].map(([, name]) => name);
  return [...[...required.matchAll(/- (\S+)/g)].map(([, name]) => name), ...besides];
}

function choice(revision) {
  return flags.only ? ['--scenario', flags.only, '--spec-version', revision] : ['--requirements', revision];
}

/** The suite's own runner, on a Node that is new enough for it. */
function runSuite(options, log) {
  return new Promise((done, reject) => {
    const suite = spawn(suiteNode(), [SUITE, ...options], { cwd: HERE, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = createWriteStream(log);
    suite.stdout.pipe(output, { end: false });
    suite.stderr.pipe(output, { end: false });
    suite.once('error', reject);
    suite.once('close', (code) => output.end(() => done(code)));
  });
}

function suiteNode() {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED_NODE) return process.execPath;
  const packaged = join(HERE, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  if (!existsSync(packaged)) fail(`the suite needs Node ${NEEDED_NODE} or newer, and there is no package with one for ${process.platform}-${process.arch}`);
  return packaged;
}

function readScenario(revision, path, folderName) {
  const checks = JSON.parse(readFileSync(join(path, 'checks.json'), 'utf8'));
  const name = folderName.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '');
  const isExcused = ({ id }) => EXPECTED_FAILURES.has(`${revision} ${name} ${id}`);
  const of = (status) => checks.filter((check) => check.status === status);
  return {
    name, passes: of('SUCCESS'), warnings: of('WARNING'), skips: of('SKIPPED'),
    failures: of('FAILURE').filter((check) => !isExcused(check)),
    excused: of('FAILURE').filter(isExcused),
  };
}

function lineOf(revision, { name, passes, failures, warnings, skips, excused }) {
  const mark = failures.length > 0 ? 'FAIL' : 'pass';
  const told = [
    ...failures.map(({ id, errorMessage }) => `\n       ${id}: ${errorMessage}`),
    ...warnings.map(({ id, errorMessage }) => `\n       warning ${id}: ${errorMessage}`),
    ...skips.map(({ id, errorMessage, details }) => `\n       skipped ${id}: ${errorMessage ?? details?.note ?? details?.message ?? ''}`),
    ...excused.map(({ id }) => `\n       expected ${id}: ${EXPECTED_FAILURES.get(`${revision} ${name} ${id}`)}`),
  ];
  return `${mark} ${revision} ${name} (${passes.length})${told.join('')}`;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
