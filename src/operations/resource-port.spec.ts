import 'reflect-metadata';
import { FixedClock } from '../config/index.js';
import type { Journal } from './journal/journal.js';
import type { Principal } from './principal.js';
import { ResourcePort } from './resource-port.js';

const agent = (...scopes: string[]): Principal => ({
  id: 'LT-001',
  kind: 'agent',
  name: 'LT-001',
  scopes: new Set(scopes),
});

describe('the resource port', () => {
  let accesses: Record<string, unknown>[];
  let port: ResourcePort;
  beforeEach(() => {
    accesses = [];
    const journal = {
      record: (_: unknown, row: Record<string, unknown>) => void accesses.push(row),
      recordOften: (_: unknown, _key: string, row: Record<string, unknown>) => void accesses.push(row),
    } as unknown as Journal;
    port = new ResourcePort(journal, new FixedClock('2026-03-02T10:00:00.000Z'));
    port.register('db://leads', {
      readScope: 'leads:read',
      writeScope: 'leads:write',
      read: async (path, query) => ({ path, query }),
    });
    port.register('db://leads#facts', {
      readScope: 'leads:read',
      writeScope: 'leads:write',
      search: async ({ ids }) => ids,
    });
  });

  it('finds a resource, one row of it, and a view of it', async () => {
    const access = { principal: agent('leads:read') };
    expect(await port.read('db://leads', { limit: 1 }, access)).toEqual({ path: '', query: { limit: 1 } });
    expect(await port.read('db://leads/L%201', {}, access)).toEqual({ path: 'L 1', query: {} });
    expect(await port.search('db://leads', { view: 'facts', ids: ['L1'] }, access)).toEqual(['L1']);
    expect(port.addresses()).toEqual(['db://leads', 'db://leads#facts']);
  });

  it('records every access, who made it and whether it came to something', async () => {
    await port.read('db://leads', {}, { principal: agent('leads:read') });
    await port.read('db://leads', {}, { principal: agent('campaigns:read') }).catch(() => undefined);
    expect(accesses).toEqual([
      {
        access_id: expect.any(String),
        resource_uri: 'db://leads',
        timestamp: '2026-03-02T10:00:00.000Z',
        scope: 'read',
        operation: 'SELECT',
        success: true,
        actor: 'LT-001',
        lead_id: null,
      },
      expect.objectContaining({ success: false }),
    ]);
  });

  it.each([
    ['lacks the scope', 'db://leads', agent('leads:write'), 'forbidden'],
    ['names nothing known', 'db://nothing', agent('*'), 'not_found'],
    ['names no view that is known', 'db://leads#nothing', agent('*'), 'not_found'],
    ['is no address', 'leads', agent('*'), 'not_found'],
    ['cannot be decoded', 'db://leads/%E0%A4%A', agent('*'), 'invalid'],
  ])('refuses an access that %s', async (_, uri, principal, kind) => {
    await expect(port.read(uri, {}, { principal })).rejects.toMatchObject({ kind });
  });

  it('opens a view only to who holds the scopes of all its parts, and names the one that is missing', async () => {
    port.register('db://leads#dossier', {
      readScope: ['leads:read', 'memory:rw'],
      writeScope: 'leads:write',
      search: async () => ['all'],
    });
    const search = (...scopes: string[]) =>
      port.search('db://leads', { view: 'dossier' }, { principal: agent(...scopes) });
    await expect(search('leads:read')).rejects.toThrow('needs the scope memory:rw');
    await expect(search('memory:rw')).rejects.toThrow('needs the scope leads:read');
    expect(await search('leads:read', 'memory:rw')).toEqual(['all']);
    expect(accesses.map(({ success }) => success)).toEqual([false, false, true]);
  });

  it('refuses what a resource does not offer', async () => {
    await expect(port.write('db://leads', {}, { principal: agent('*') })).rejects.toMatchObject({
      kind: 'invalid',
      code: 'verb_not_offered',
    });
  });

  it('takes each address once', () =>
    expect(() => port.register('db://leads', { readScope: 'a', writeScope: 'b' })).toThrow('registered twice'));
});
