import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { type Options, transformSync } from '@swc/core';

const ROOT = resolve(__dirname, '..');
const OPTIONS: Options = {
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
  module: { type: 'es6' },
  sourceMaps: false,
};

export interface CompiledServer {
  /** The entry file of the server. */
  readonly main: string;
  /** The entry file of the `herald` command. */
  readonly cli: string;
  remove(): void;
}

/**
 * The server as it stands in the working tree, made into JavaScript that node can run, for tests that need it as a
 * process of its own. Types are not checked, so it takes a second; dist/ may be missing or older than the source.
 */
export function compileServer(): CompiledServer {
  mkdirSync(join(ROOT, '.build'), { recursive: true });
  // inside the repository, so that node finds the packages
  const root = mkdtempSync(join(ROOT, '.build', 'server-'));
  const folder = join(root, 'dist');
  for (const part of ['src', 'migrations', 'seeds']) compileFolder(part, folder);
  cpSync(join(ROOT, 'src/dashboard/web'), join(folder, 'src/dashboard/web'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(root, 'package.json'));
  return {
    main: join(folder, 'src', 'main.js'),
    cli: join(folder, 'src', 'cli', 'main.js'),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function compileFolder(part: string, into: string): void {
  for (const file of readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' })) {
    if (extname(file) !== '.ts' || file.endsWith('.spec.ts')) continue;
    const { code } = transformSync(readFileSync(join(ROOT, part, file), 'utf8'), { ...OPTIONS, filename: file });
    const target = join(into, part, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
}
