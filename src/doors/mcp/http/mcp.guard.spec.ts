import { refusalOf } from './mcp.guard.js';

const ALLOWED = { publicUrl: 'https://herald.example', mcpHosts: ['herald'], mcpOrigins: ['https://app.example'] };

describe('where a request comes from', () => {
  it.each([
    ['localhost:3000', undefined],
    ['127.0.0.1:3000', undefined],
    ['[::1]:3000', undefined],
    ['192.0.2.7', undefined],
    ['herald:3000', undefined],
    ['herald.example', undefined],
    ['HERALD.example', undefined],
    ['localhost:3000', 'http://localhost:5173'],
    ['192.0.2.7:3000', 'http://192.0.2.7:8080'],
    ['herald.example', 'https://herald.example'],
    ['localhost', 'https://app.example'],
    ['localhost', 'https://APP.example'],
  ])('lets the host %s with the origin %s pass', (host, origin) =>
    expect(refusalOf({ host, origin }, ALLOWED)).toBeUndefined(),
  );

  it.each([
    ['rebound.example:3000', undefined],
    ['rebound.example', 'http://rebound.example'],
    ['herald.example.evil', undefined],
    [undefined, undefined],
    ['', undefined],
    ['a b', undefined],
  ])('refuses the host %s', (host, origin) => expect(refusalOf({ host, origin }, ALLOWED)).toMatch(/^Host/));

  it.each(['https://evil.example', 'null', '', 'https://app.example.evil', 'file://', 'https://herald'])(
    'refuses pages of %j',
    (origin) => {
      expect(refusalOf({ host: 'localhost:3000', origin }, ALLOWED)).toMatch(/^Origin/);
    },
  );
});
