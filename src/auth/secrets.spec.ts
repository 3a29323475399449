import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOrCreateSecret, removeSecret } from './secrets.js';

describe('readOrCreateSecret', () => {
  let dataDir: string;
  beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'herald-secret-'))));
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('makes a file and a folder that only their owner can read, and nothing else beside it', () => {
    const { path, isNew } = readOrCreateSecret(dataDir, 'one', () => 'first');
    expect(isNew).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'secrets')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(dataDir, 'secrets'))).toEqual(['one']);
  });

  it('keeps the first value', () => {
    readOrCreateSecret(dataDir, 'one', () => 'first');
    expect(readOrCreateSecret(dataDir, 'one', () => 'second')).toMatchObject({ value: 'first', isNew: false });
  });

  it('takes the value of a process that was quicker', () => {
    const slow = readOrCreateSecret(dataDir, 'one', () => {
      readOrCreateSecret(dataDir, 'one', () => 'quick');
      return 'slow';
    });
    expect(slow).toMatchObject({ value: 'quick', isNew: false });
    expect(readdirSync(join(dataDir, 'secrets'))).toEqual(['one']);
  });

  it('refuses an empty file instead of signing with nothing', () => {
    const { path } = readOrCreateSecret(dataDir, 'one', () => 'first');
    writeFileSync(path, '\n');
    expect(() => readOrCreateSecret(dataDir, 'one', () => 'second')).toThrow('is empty');
  });

  it('can be taken away, also twice', () => {
    readOrCreateSecret(dataDir, 'one', () => 'first');
    removeSecret(dataDir, 'one');
    removeSecret(dataDir, 'one');
    expect(readdirSync(join(dataDir, 'secrets'))).toEqual([]);
  });
});
