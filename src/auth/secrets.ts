import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A random secret of 256 bits behind a prefix by which people and scanners recognise what leaked. */
export function newOpaqueToken(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** SHA-256 in hex. Enough for secrets that are random themselves; passwords go through `PasswordHasher`. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;

export interface SecretFile {
  readonly path: string;
  readonly value: string;
  /** Whether this call made the file; false where it was there before, or another process was quicker. */
  readonly isNew: boolean;
}

/**
 * Reads `<dataDir>/secrets/<name>`, or makes it with `create()` where it does not exist, readable by its owner only.
 * The file appears whole or not at all, and of several processes that start together one wins and the others read its
 * value.
 * @throws when the file exists but is empty
 */
export function readOrCreateSecret(dataDir: string, name: string, create: () => string): SecretFile {
  const folder = join(dataDir, 'secrets');
  const path = secretPath(dataDir, name);
  const existing = read(path);
  if (existing !== undefined) return { path, value: existing, isNew: false };
  mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const value = create();
  try {
    writeDurably(draft, value);
    // a link fails where the name is taken, which a rename would overwrite
    linkSync(draft, path);
    return { path, value, isNew: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return { path, value: readFileSync(path, 'utf8').trim(), isNew: false };
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Where the secret lies, whether it exists or not. */
export function secretPath(dataDir: string, name: string): string {
  return join(dataDir, 'secrets', name);
}

/** Takes the secret away once it has done its work. */
export function removeSecret(dataDir: string, name: string): void {
  rmSync(secretPath(dataDir, name), { force: true });
}

function read(path: string): string | undefined {
  try {
    const value = readFileSync(path, 'utf8').trim();
    if (value === '') throw new Error(`${path} is empty; delete it to have a new one made`);
    return value;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function writeDurably(path: string, value: string): void {
  const file = openSync(path, 'wx', OWNER_ONLY_FILE);
  try {
    writeSync(file, `${value}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
