import { baseUrlOf, resourceMetadata, resourceMetadataUrl } from './resource-metadata.js';

const GIVEN = { publicUrl: 'https://crm.example/herald', isPublicUrlGiven: true };
const GUESSED = { publicUrl: 'http://localhost:3000', isPublicUrlGiven: false };

describe('the address that metadata is made with', () => {
  it.each([
    ['the configured one, whatever the request says', GIVEN, 'evil.example', 'https://crm.example/herald'],
    ['the host of the request where none is configured', GUESSED, '127.0.0.1:3210', 'http://127.0.0.1:3210'],
    ['an IPv6 host', GUESSED, '[::1]:3210', 'http://[::1]:3210'],
    ['the guess when the host is no host', GUESSED, 'a"b, c', 'http://localhost:3000'],
    ['the guess when the host has a path', GUESSED, 'a.example/b', 'http://localhost:3000'],
    ['the guess without a host', GUESSED, undefined, 'http://localhost:3000'],
  ])('is %s', (_, settings, host, expected) => {
    expect(baseUrlOf(settings, host === undefined ? {} : { host })).toBe(expected);
  });

  it('does not believe what a proxy header says', () => {
    const headers = {
      host: 'herald.internal:3000',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    };
    expect(baseUrlOf(GUESSED, headers)).toBe('http://herald.internal:3000');
  });

  it('leads from the 401 to the metadata of the MCP endpoint', () => {
    expect(resourceMetadataUrl(GIVEN, {})).toBe('https://crm.example/herald/.well-known/oauth-protected-resource/mcp');
  });
});

describe('protected resource metadata (RFC 9728)', () => {
  it('names the resource, who issues its tokens, and no scope for deciding', () => {
    expect(resourceMetadata('https://crm.example', '/mcp')).toMatchObject({
      resource: 'https://crm.example/mcp',
      authorization_servers: ['https://crm.example'],
      bearer_methods_supported: ['header'],
    });
    const { scopes_supported } = resourceMetadata('https://crm.example', '');
    expect(scopes_supported).toContain('leads:read');
    expect(scopes_supported).not.toContain('approvals:decide');
  });
});
