import type { Random } from '../../src/config/index.js';

/** Over the largest frame that the door takes. */
const OVERSIZED = 'x'.repeat(1024 * 1024 + 1);

/** What one frame is: mostly junk and half-valid calls, some binary, a few too large. */
export function frameOf(random: Random): string | Buffer {
  const kind = random.next();
  if (kind < 0.005) return OVERSIZED;
  if (kind < 0.05) return Buffer.from(Array.from({ length: 1 + random.integer(64) }, () => random.integer(256)));
  if (kind < 0.25)
    return String.fromCharCode(...Array.from({ length: 1 + random.integer(200) }, () => 32 + random.integer(95)));
  if (kind < 0.35) return '['.repeat(1 + random.integer(5_000));
  if (kind < 0.5)
    return JSON.stringify({
      jsonrpc: ['1.0', 2, null, '2.0'][random.integer(4)],
      id: random.integer(9),
      method: 'no.such',
      params: random.integer(9),
    });
  if (kind < 0.6)
    return JSON.stringify(
      Array.from({ length: random.integer(120) }, (_, id) => ({ jsonrpc: '2.0', id, method: 'no.such' })),
    );
  return JSON.stringify({
    jsonrpc: '2.0',
    id: random.integer(1_000),
    method: 'lead.list',
    params: { limit: random.integer(5), cursor: random.next() < 0.5 ? 'made up' : undefined },
  });
}
