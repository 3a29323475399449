/** What stands where a JSON-RPC call should be. */
export interface BrokenEnvelope {
  readonly code: number;
  readonly reason: string;
}

export type Envelope = Record<string, unknown> & { readonly method: string };

const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
/** Operations take 24 levels of input; the rest is the message around them. */
const MAX_DEPTH = 40;

/** The call that a body holds, or what is wrong with it. Never throws. */
export function readEnvelope(text: string): Envelope | BrokenEnvelope {
  const body = readJson(text);
  if ('broken' in body) return body.broken;
  const { value } = body;
  if (Array.isArray(value)) return { code: INVALID_REQUEST, reason: 'A2A has no batches: send one call' };
  if (typeof value !== 'object' || value === null) return { code: INVALID_REQUEST, reason: 'a call must be an object' };
  const { jsonrpc, id, method } = value as Record<string, unknown>;
  if (jsonrpc !== '2.0') return { code: INVALID_REQUEST, reason: 'jsonrpc: must be "2.0"' };
  if (id !== undefined && id !== null && typeof id !== 'string' && !Number.isInteger(id))
    return { code: INVALID_REQUEST, reason: 'id: must be a text or a whole number' };
  if (typeof method !== 'string' || method === '') return { code: INVALID_REQUEST, reason: 'method: must be a text' };
  return value as Envelope;
}

export function isBroken(envelope: Envelope | BrokenEnvelope): envelope is BrokenEnvelope {
  return 'reason' in envelope && !('jsonrpc' in envelope);
}

/** JSON that can be worked on and stored: not bottomless, and without NUL, which PostgreSQL does not take. */
export function readJson(text: string): { readonly value: unknown } | { readonly broken: BrokenEnvelope } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { broken: { code: PARSE_ERROR, reason: 'the body is not valid JSON' } };
  }
  const reason = whyUnfit(value);
  return reason === undefined ? { value } : { broken: { code: INVALID_REQUEST, reason } };
}

/** With a list of its own instead of recursion, so that nothing walks down a bottomless value. */
function whyUnfit(root: unknown): string | undefined {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string' && value.includes('\0')) return 'texts must not contain the NUL character';
    if (typeof value === 'number' && !Number.isFinite(value)) return 'numbers must be finite';
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= MAX_DEPTH) return `the body is nested deeper than ${MAX_DEPTH} levels`;
    for (const [key, each] of Object.entries(value)) {
      if (key.includes('\0')) return 'names must not contain the NUL character';
      open.push({ value: each, depth: depth + 1 });
    }
  }
  return undefined;
}
