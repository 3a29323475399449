import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DrillReport, killDrill } from '../bench/kit/kill-drill.js';
import { type CompiledServer, compileServer } from './compile-server.js';

const KILLS = 3;

/** `npm run bench -- kill` does the same with more kills. */
describe('a server that is killed (-9) at random moments while leads are posted', () => {
  let server: CompiledServer;
  let dataDir: string;
  let report: DrillReport;

  beforeAll(async () => {
    server = compileServer();
    dataDir = mkdtempSync(join(tmpdir(), 'herald-kill-'));
    report = await killDrill({ main: server.main, dataDir, kills: KILLS, seed: 1 });
  }, 120_000);

  afterAll(() => {
    server.remove();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('was under load when it went', () => {
    expect(report).toMatchObject({ kills: KILLS, leads_accepted: expect.any(Number) });
    expect(report.leads_accepted).toBeGreaterThan(20);
    expect(report.requests_repeated).toBeGreaterThan(0);
    expect(report.handoffs).toBeGreaterThan(0);
  });

  it('loses nothing that it accepted, and does nothing twice', () => {
    expect(report.losses).toEqual(Object.fromEntries(Object.keys(report.losses).map((what) => [what, 0])));
  });
});
