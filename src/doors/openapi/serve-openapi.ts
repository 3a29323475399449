import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { INestApplication } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { notFound } from '../../errors/index.js';
import { buildOpenApi } from './build-openapi.js';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
};
/** In the place of Swagger UI's own, which shows a pet store. */
const INITIALIZER = `window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: '/openapi.json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [SwaggerUIBundle.plugins.DownloadUrl],
    layout: 'BaseLayout',
    docExpansion: 'none',
    filter: true,
    persistAuthorization: true,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
};
`;

/**
 * The document at /openapi.json and Swagger UI at /docs, its files served from here. Nothing of it is loaded before.
 */
export function serveOpenApi(app: INestApplication): void {
  const http = app.getHttpAdapter();
  http.get('/openapi.json', async (_: FastifyRequest, reply: FastifyReply) => {
    const text = await openApiText(app);
    void reply.type('application/json; charset=utf-8').send(text);
    return reply;
  });
  http.get('/docs', (_: FastifyRequest, reply: FastifyReply) => sendFile('index.html', './docs/', reply));
  http.get('/docs/*', (request: FastifyRequest, reply: FastifyReply) =>
    sendFile((request.params as { '*': string })['*'] || 'index.html', './', reply),
  );
}

/** @param base where the page finds its files, seen from its own address */
async function sendFile(name: string, base: string, reply: FastifyReply): Promise<FastifyReply> {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const type = TYPES[extname(name)];
  // a name out of the folder's list leads nowhere else
  if (!type || !(await readdir(folder)).includes(name)) throw notFound('file of the documentation', name);
  void reply.type(type);
  if (name === 'swagger-initializer.js') return reply.send(INITIALIZER);
  const content = await readFile(join(folder, name));
  if (name !== 'index.html') return reply.header('Cache-Control', 'public, max-age=3600').send(content);
  const page = content
    .toString('utf8')
    .replace('<title>Swagger UI</title>', '<title>Herald API</title>')
    .replace(/(href|src)="(?:\.\/)?/g, `$1="${base}`);
  return reply.send(page);
}

const texts = new WeakMap<INestApplication, Promise<string>>();

/** The document as it is served and committed; built when it is first asked for, which is after start-up. */
export function openApiText(app: INestApplication): Promise<string> {
  let text = texts.get(app);
  if (text === undefined) texts.set(app, (text = writeOpenApi(app)));
  return text;
}

async function writeOpenApi(app: INestApplication): Promise<string> {
  return `${JSON.stringify(await buildOpenApi(app, productVersion()), null, 2)}\n`;
}

/** The version in the nearest package.json, from the source tree as from the build. */
export function productVersion(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}
