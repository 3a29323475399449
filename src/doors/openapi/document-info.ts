import type * as Swagger from '@nestjs/swagger';

const DESCRIPTION = `Herald's agents triage leads, write and send outreach, watch campaigns, move budget, and hand the hard cases to people.

- **Signing in**: \`POST /api/v1/auth/login\` gives an access token for \`Authorization: Bearer …\`; an API key goes into \`X-API-Key\`.
- **Errors** are RFC 9457 problems (\`application/problem+json\`) with a stable \`code\` and, for bad input, the path of each wrong field.
- **Idempotency-Key** on a POST makes it safe to send again: the first answer comes back, with \`Idempotency-Replayed: true\`.
- **Lists** answer \`items\` and \`next_cursor\`; send the latter back as \`cursor\` until it is null.
- **ETag** on what can be changed; \`If-Match\` on the change makes it fail with 412 if somebody was faster.
- Times are ISO-8601 UTC with milliseconds, days YYYY-MM-DD, money plain US dollars in fields that end in \`_usd\`.`;

/** What each tag groups. A tag that is not here still appears, under its bare name. */
const TAG_TEXTS: Readonly<Record<string, string>> = {
  agents: 'Triage, engage, optimise and hand over by agent: the addresses that agent frameworks expect',
  aliases: 'Other addresses of operations, by which agent frameworks and older scripts know them',
  auth: 'Signing in and out, and the session behind an access token',
  campaigns: 'Campaigns, their variants and their daily figures',
  conversations: 'Conversations with leads and the interactions in them',
  conversions: 'What leads bought',
  decisions: 'The ledger of what agents decided, why, and how to take it back',
  events: 'What happens, as it happens: a stream to watch and to read back',
  handoffs: 'Work passed from one agent to another with its context',
  inbox: 'Escalations, approvals and drafts of all agents as one queue for people',
  'api-keys': 'Keys for machines: hashed, scoped, revocable',
  journeys: 'Sequences of messages, and who stands where in them',
  leads: 'People who filled in a form, and what became of them',
  memory: 'What the agents remember, in four tiers',
  messages: 'Outbound messages and what became of each',
  queue: 'Jobs, the outbox and dead letters',
  security: 'The record of sign-ins and refused calls',
  segments: 'Named groups of leads',
  system: 'Health, metrics and this document',
  users: 'People with an account, and their roles',
};

export function documentInfo({ DocumentBuilder }: typeof Swagger, version: string) {
  return new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Herald')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'This server')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'An access token from `POST /api/v1/auth/login`, or an API key' },
      'bearer',
    )
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key' }, 'api_key')
    .build();
}

export function describeTags(names: Iterable<string>): { name: string; description: string }[] {
  return [...new Set(names)].sort().map((name) => ({ name, description: TAG_TEXTS[name] ?? name }));
}
