#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { register as registerBackup } from './backup.js';
import { register as registerExport } from './export.js';
import { register as registerGenerate } from './generate.js';
import { register as registerImport } from './import.js';
import { register as registerMcp } from './mcp.js';
import { register as registerRecount } from './recount.js';
import { register as registerRun } from './run.js';
import { register as registerServe } from './serve.js';

const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const program = new Command('herald')
  .description('Herald: marketing agents on your own database')
  .version(manifest.version)
  .showHelpAfterError('(herald --help lists the commands)');

for (const register of [
  registerServe,
  registerImport,
  registerRun,
  registerGenerate,
  registerExport,
  registerBackup,
  registerRecount,
  registerMcp,
])
  register(program);

try {
  await program.parseAsync();
} catch (error) {
  const { message, stack } = error as Error;
  process.stderr.write(`herald: ${process.env.LOG_LEVEL === 'debug' ? stack : message}\n`);
  process.exitCode = 1;
}
