import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, brotliCompressSync, gzipSync } from 'node:zlib';
import { Injectable } from '@nestjs/common';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'web');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export type Encoding = 'br' | 'gzip' | 'identity';

export interface WebFile {
  readonly type: string;
  /** Strong ETag per encoding, as HTTP asks. */
  readonly etag: Readonly<Record<Encoding, string>>;
  readonly body: (encoding: Encoding) => Buffer;
}

const COMPRESS: Readonly<Record<Encoding, (content: Buffer) => Buffer>> = {
  identity: (content) => content,
  gzip: (content) => gzipSync(content, { level: 9 }),
  br: (content) =>
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } }),
};

/**
 * The page's files, a few dozen kB, read at start-up and compressed when they are first asked for. `version` is a
 * hash over all of them and is part of their address, so that a browser can keep them for good and never mixes two
 * versions.
 */
@Injectable()
export class WebFiles {
  readonly version: string;
  readonly page: WebFile;
  private readonly files: ReadonlyMap<string, WebFile>;

  constructor() {
    const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
      .filter((name) => extname(name) in TYPES)
      .sort();
    const contents = new Map(names.map((name) => [name.split(sep).join('/'), readFileSync(join(FOLDER, name))]));
    const hash = createHash('sha256');
    for (const [name, content] of contents) hash.update(name).update('\0').update(content).update('\0');
    this.version = hash.digest('base64url').slice(0, 12);
    const html = contents
      .get('index.html')!
      .toString('utf8')
      .replaceAll('/dashboard/current/', `/dashboard/${this.version}/`);
    this.page = webFile('index.html', Buffer.from(html));
    contents.delete('index.html');
    this.files = new Map([...contents].map(([name, content]) => [name, webFile(name, content)]));
  }

  get(name: string): WebFile | undefined {
    return this.files.get(name);
  }
}

function webFile(name: string, content: Buffer): WebFile {
  const bodies = new Map<Encoding, Buffer>();
  const tag = createHash('sha256').update(content).digest('base64url').slice(0, 16);
  return {
    type: TYPES[extname(name)]!,
    etag: { identity: `"${tag}"`, gzip: `"${tag}-gzip"`, br: `"${tag}-br"` },
    body: (encoding) => {
      let body = bodies.get(encoding);
      if (!body) bodies.set(encoding, (body = COMPRESS[encoding](content)));
      return body;
    },
  };
}
