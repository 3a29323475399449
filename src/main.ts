import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AdminBootstrap, type FirstAdmin } from './auth/index.js';
import { compileEarly } from './compile-early.js';
import { Settings, SettingsError } from './config/index.js';
import { createApp } from './create-app.js';
import { DemoData } from './dataset/index.js';
import { Log } from './telemetry/index.js';

try {
  await start(new Settings());
} catch (error) {
  const isPlain = error instanceof SettingsError || process.env.LOG_LEVEL !== 'debug';
  process.stderr.write(`herald could not start: ${isPlain ? (error as Error).message : (error as Error).stack}\n`);
  process.exit(1);
}

async function start(settings: Settings): Promise<void> {
  const app = await createApp(settings);
  // process 1 of a container would ignore the signal that Nest otherwise sends itself at the end
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  // Fastify answers only after this, and the demo data should be there with the first answer
  await app.init();
  const admin = await app.get(AdminBootstrap).ensure();
  const demo = await app.get(DemoData).loadIfEmpty();
  if (demo) giveBackGarbage();
  await app.listen(settings.port, settings.host);
  const address = `http://localhost:${new URL(await app.getUrl()).port || 80}`;
  app.get(Log).info({ port: settings.port, role: settings.role }, 'herald is up');
  process.stdout.write(greeting(address, admin, demo !== undefined, settings.testClock !== undefined));
  compileEarly();
}

/** What loading the data left behind would stay resident until the heap has grown as much again; nobody waits yet. */
function giveBackGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

function greeting(address: string, admin: FirstAdmin, hasLoadedDemo: boolean, isTestClock: boolean): string {
  const password = admin.passwordFile ? `in ${admin.passwordFile}` : 'as you set it';
  return [
    '',
    '  Herald is up.',
    `    Dashboard   ${address}/`,
    `    Swagger UI  ${address}/docs`,
    `    OpenAPI     ${address}/openapi.json`,
    `    Sign in     ${admin.email}, password ${password}`,
    ...(hasLoadedDemo ? ['    Demo data   loaded, plainly invented (HERALD_DEMO=0 starts empty)'] : []),
    ...(isTestClock ? ['    TEST CLOCK  time stands still until POST /api/v1/test/clock moves it'] : []),
    '',
    '',
  ].join('\n');
}
