import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { DashboardModule } from './index.js';

describe('the dashboard', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    const module = await Test.createTestingModule({ imports: [DashboardModule] }).compile();
    app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });

  afterAll(() => app.close());

  const get = (path: string, headers: Record<string, string> = {}) =>
    request(app.getHttpServer()).get(path).set(headers);
  const addresses = async () =>
    [...(await get('/').expect(200)).text.matchAll(/"(\/dashboard\/[^"]+)"/g)].map(([, address]) => address!);

  it('serves the page without any inline script or style, and asks for it each time', async () => {
    const { text, headers } = await get('/')
      .expect(200)
      .expect('Content-Type', /text\/html/);
    expect(headers['cache-control']).toBe('no-cache');
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
  });

  it('serves every file that the page names, to be kept for good', async () => {
    const named = await addresses();
    expect(named.length).toBeGreaterThan(4);
    for (const address of named) {
      const { headers } = await get(address).expect(200);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
  });

  it('serves every module that another one imports', async () => {
    const seen = new Set<string>();
    const visit = async (address: string): Promise<void> => {
      if (seen.has(address)) return;
      seen.add(address);
      const { text } = await get(address)
        .expect(200)
        .expect('Content-Type', /text\/javascript/)
        .buffer(true);
      for (const [, path] of text.matchAll(/from '(\.[^']+)'/g))
        await visit(new URL(path!, `http://herald${address}`).pathname);
    };
    await visit((await addresses()).find((address) => address.endsWith('/app.js'))!);
    expect(seen.size).toBeGreaterThan(15);
  });

  it('answers 304 while the browser holds the current file', async () => {
    const { headers } = await get('/', { 'Accept-Encoding': 'gzip' }).expect(200).expect('Content-Encoding', 'gzip');
    await get('/', { 'Accept-Encoding': 'gzip', 'If-None-Match': `"other", W/${headers.etag}` }).expect(304);
    await get('/', { 'Accept-Encoding': 'gzip;q=0, br;q=0', 'If-None-Match': headers.etag! }).expect(200);
  });

  it('does not let a browser keep a file under the address of another version', async () => {
    const { headers } = await get('/dashboard/other/app.js').expect(200);
    expect(headers['cache-control']).toBe('no-cache');
  });

  it.each([
    '/dashboard/current/none.js',
    '/dashboard/current/..%2f..%2fdashboard.module.ts',
    '/dashboard/current/index.html',
  ])('has nothing at %s', async (path) => {
    const { status } = await get(path);
    expect(status).toBeGreaterThanOrEqual(400);
  });
});
