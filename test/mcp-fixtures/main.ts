import { AdminBootstrap } from '../../src/auth/index.js';
import { Settings } from '../../src/config/index.js';
import { createApp } from '../../src/create-app.js';
import { McpFixturesModule } from './mcp-fixtures.module.js';

/** The server as it is, with the fixtures of the MCP conformance suite: for `.ci/conformance/run`. */
const settings = new Settings();
const app = await createApp(settings, { beside: [McpFixturesModule] });
app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
await app.init();
await app.get(AdminBootstrap).ensure();
await app.listen(settings.port, settings.host);
process.stdout.write('Herald is up.\n');
