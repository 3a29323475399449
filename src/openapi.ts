import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Settings } from './config/index.js';
import { createApp } from './create-app.js';
import { openApiText } from './doors/openapi/index.js';
import { OperationRegistry } from './operations/index.js';

/**
 * Writes the OpenAPI document to the file named on the command line, openapi/openapi.json by default. The application
 * is put together but not started: no queue store is opened, and its database is an empty one in a folder that goes
 * away.
 */
const folder = mkdtempSync(join(tmpdir(), 'herald-openapi-'));
try {
  const app = await createApp(new Settings({ HERALD_DATA_DIR: folder, LOG_LEVEL: 'error' }));
  // start-up would do this, and much more
  app.get(OperationRegistry).onModuleInit();
  const file = resolve(process.argv[2] ?? 'openapi/openapi.json');
  writeFileSync(file, await openApiText(app));
  console.log(`wrote ${file}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
// timers and the database of an application that was never started would keep the process
process.exit(0);
