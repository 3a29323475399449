/**
 * Every permission that an operation can ask for. The first six are the ones of the data set's security_auth_events;
 * `memory:rw` stays one scope because that is how the data set grants it.
 */
export const SCOPES = [
  'leads:read',
  'leads:write',
  'campaigns:read',
  'campaigns:write',
  'memory:rw',
  'analytics:read',
  'analytics:write',
  'messages:read',
  'messages:write',
  'handoffs:read',
  'handoffs:write',
  'approvals:read',
  'approvals:decide',
  'decisions:read',
  'decisions:undo',
  'system:read',
  'system:write',
  'users:read',
  'users:write',
  'keys:read',
  'keys:write',
  'security:read',
  'admin',
] as const;
export type Scope = (typeof SCOPES)[number];

export const ROLES = ['admin', 'manager', 'analyst', 'agent', 'viewer'] as const;
export type UserRole = (typeof ROLES)[number];

const VIEWER: readonly Scope[] = [
  'leads:read',
  'campaigns:read',
  'analytics:read',
  'messages:read',
  'handoffs:read',
  'approvals:read',
  'decisions:read',
  'system:read',
];

const ADMIN_ONLY: ReadonlySet<Scope> = new Set([
  'users:write',
  'keys:read',
  'keys:write',
  'system:write',
  'security:read',
  'admin',
]);

/**
 * What each role may do. A manager runs the marketing and decides approvals, an analyst reads and computes, an agent
 * works leads and campaigns but never approves its own proposals, a viewer only looks.
 */
const SCOPES_OF_ROLE: Readonly<Record<UserRole, ReadonlySet<Scope>>> = {
  admin: new Set(SCOPES),
  manager: new Set(SCOPES.filter((scope) => !ADMIN_ONLY.has(scope))),
  analyst: new Set([...VIEWER, 'analytics:write']),
  agent: new Set([
    'leads:read',
    'leads:write',
    'campaigns:read',
    'campaigns:write',
    'memory:rw',
    'analytics:read',
    'messages:read',
    'messages:write',
    'handoffs:read',
    'handoffs:write',
    'approvals:read',
    'decisions:read',
    'system:read',
  ]),
  viewer: new Set(VIEWER),
};

/** The scopes that a role carries. */
export function scopesOfRole(role: UserRole): ReadonlySet<Scope> {
  return SCOPES_OF_ROLE[role];
}

/**
 * The wanted scopes that the granter does not hold itself, in the order asked. Empty means that the grant is allowed.
 */
export function scopesBeyond(wanted: Iterable<string>, held: ReadonlySet<string>): string[] {
  return held.has('*') ? [] : [...wanted].filter((scope) => !held.has(scope));
}
