import { readFileSync } from 'node:fs';
import { type StartedApp, startApp } from './app.js';
import { type OpenApiDocument, SchemaChecker, operationsOf } from './fuzz/openapi-schemas.js';

describe('the OpenAPI document', () => {
  let herald: StartedApp;
  let text: string;
  let document: OpenApiDocument;
  let operations: { at: string; operation: ReturnType<typeof operationsOf>[number]['operation'] }[];

  beforeAll(async () => {
    herald = await startApp();
    text = await (await fetch(`${herald.url}/openapi.json`)).text();
    document = JSON.parse(text) as OpenApiDocument;
    operations = operationsOf(document).map(({ method, path, operation }) => ({ at: `${method} ${path}`, operation }));
  });
  afterAll(() => herald?.stop());

  it('is the committed one, byte for byte (`npm run build && npm run openapi` writes it)', () => {
    expect(text).toBe(readFileSync('openapi/openapi.json', 'utf8'));
  });

  it('says 3.1 and under which licence', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.info.license?.name).toBe('Apache-2.0');
    expect(document.servers).not.toHaveLength(0);
  });

  it('gives each operation an id of its own, a summary, a description and a described tag', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    const tags = new Map(document.tags.map(({ name, description }) => [name, description]));
    for (const { at, operation } of operations) {
      expect([at, operation.operationId]).toEqual([at, expect.stringMatching(/^[\w.-]+$/)]);
      expect([at, operation.summary]).toEqual([at, expect.stringMatching(/\w/)]);
      for (const tag of operation.tags) expect([at, tag, tags.get(tag)]).toEqual([at, tag, expect.stringMatching(/ /)]);
      expect([at, operation.tags.length]).toEqual([at, 1]);
    }
  });

  it('names the ways to be refused, and what each operation asks of its caller', () => {
    for (const { at, operation } of operations) {
      const statuses = Object.keys(operation.responses);
      expect([at, statuses.filter((status) => status.startsWith('2')).length]).toEqual([at, 1]);
      expect([at, statuses.some((status) => status.startsWith('4'))]).toEqual([at, true]);
      expect([at, Array.isArray(operation.security)]).toEqual([at, true]);
    }
  });

  it('declares each path parameter once', () => {
    for (const { at, operation } of operations) {
      const inPath = [...at.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect([at, declared.sort()]).toEqual([at, inPath.sort()]);
    }
  });

  it('has no component that nothing refers to, and no reference to nothing', () => {
    const references = new Set([...text.matchAll(/"\$ref": "#\/components\/(\w+\/\w+)"/g)].map(([, name]) => name!));
    const components = Object.entries(document.components)
      .filter(([kind]) => kind !== 'securitySchemes')
      .flatMap(([kind, named]) => Object.keys(named as object).map((name) => `${kind}/${name}`));
    expect([...references].sort()).toEqual(components.sort());
  });

  it('has schemas that are JSON Schema 2020-12, and none of the marks it was built from', () => {
    const checker = new SchemaChecker(document);
    for (const name of checker.names) {
      expect(() => checker.fault({ $ref: `#/components/schemas/${name}` }, null)).not.toThrow();
    }
    expect(text).not.toContain('x-herald');
    expect(text).not.toContain('"nullable"');
  });

  it('is shown by Swagger UI with files of this server alone', async () => {
    const page = await (await fetch(`${herald.url}/docs`)).text();
    const addresses = [...page.matchAll(/(?:src|href)=["']([^"']+)["']/g)].map(([, address]) => address!);
    expect(addresses.some((address) => address.endsWith('swagger-ui-bundle.js'))).toBe(true);
    for (const address of addresses) {
      const response = await fetch(new URL(address, `${herald.url}/docs`));
      expect([address, response.status, new URL(response.url).origin]).toEqual([address, 200, herald.url]);
    }
  });
});
