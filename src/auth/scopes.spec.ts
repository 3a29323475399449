import { ROLES, SCOPES, scopesBeyond, scopesOfRole } from './scopes.js';

describe('scopes', () => {
  it('gives an admin everything and nobody else the accounts, keys and system', () => {
    expect([...scopesOfRole('admin')]).toEqual([...SCOPES]);
    for (const role of ROLES.filter((each) => each !== 'admin')) {
      expect(
        scopesBeyond(['users:write', 'keys:write', 'system:write', 'security:read'], scopesOfRole(role)),
      ).toHaveLength(4);
    }
  });

  it('never lets an agent decide an approval or undo a decision', () => {
    expect(scopesBeyond(['approvals:decide', 'decisions:undo'], scopesOfRole('agent'))).toHaveLength(2);
  });

  it('lets a viewer write nothing', () => {
    expect([...scopesOfRole('viewer')].every((scope) => scope.endsWith(':read'))).toBe(true);
  });

  it('names what goes beyond the granter, and nothing where the granter holds every scope', () => {
    expect(scopesBeyond(['leads:read', 'leads:write'], new Set(['leads:read']))).toEqual(['leads:write']);
    expect(scopesBeyond(SCOPES, new Set(['*']))).toEqual([]);
  });
});
