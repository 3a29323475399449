import { AppError, type ErrorKind } from '../../errors/index.js';
import { type ErrorFields, fieldsOfError, isDeeperThan, MAX_JSON_DEPTH, rpcCodeOf } from '../wire/index.js';

/**
 * The envelope of JSON-RPC 2.0 (https://www.jsonrpc.org/specification): text in, calls out. No framework, no
 * operations.
 */
export type RpcId = string | number | null;
export type RpcParams = Record<string, unknown> | unknown[];

export interface RpcCall {
  /** Undefined for a notification, which is never answered. */
  readonly id: RpcId | undefined;
  readonly method: string;
  readonly params: RpcParams | undefined;
}

/** What stands where a call should be; answered with an error. */
export interface BrokenCall {
  readonly id: RpcId;
  /** For the journal: what it calls, if it says. */
  readonly method: string;
  readonly broken: EnvelopeFault;
}

export interface EnvelopeFault {
  readonly kind: 'parse_error' | 'invalid_request' | 'answer_too_large';
  readonly reason: string;
}

export type Entry = RpcCall | BrokenCall;

export type RpcMessage =
  { readonly kind: 'single'; readonly entry: Entry } | { readonly kind: 'batch'; readonly entries: readonly Entry[] };

/** More calls than this in one batch are refused as a whole. */
export const MAX_BATCH = 100;
const MAX_ID_LENGTH = 1_000;
/** Stands for the method of what names none; the specification keeps names that begin so out of use. */
const NO_METHOD = 'rpc.none';

export function isBroken(entry: Entry): entry is BrokenCall {
  return 'broken' in entry;
}

/** Never throws: whatever the text is, it has a meaning or an error that can be answered. */
export function parseMessage(text: string): RpcMessage {
  if (isDeeperThan(text, MAX_JSON_DEPTH))
    return refused('invalid_request', `the message is nested deeper than ${MAX_JSON_DEPTH} levels`);
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return refused('parse_error', 'the message is not valid JSON');
  }
  if (!Array.isArray(message)) return { kind: 'single', entry: toEntry(message) };
  if (message.length === 0) return refused('invalid_request', 'a batch must hold at least one call');
  if (message.length > MAX_BATCH)
    return refused('invalid_request', `a batch holds at most ${MAX_BATCH} calls, not ${message.length}`);
  return { kind: 'batch', entries: message.map(toEntry) };
}

function refused(kind: EnvelopeFault['kind'], reason: string): RpcMessage {
  return { kind: 'single', entry: { id: null, method: NO_METHOD, broken: { kind, reason } } };
}

function toEntry(value: unknown): Entry {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return brokenCall(null, 'a call must be an object');
  const { jsonrpc, method, params, id } = value as Record<string, unknown>;
  if (id !== undefined && !isId(id)) {
    return brokenCall(
      null,
      `id: must be a text of up to ${MAX_ID_LENGTH} characters, a number up to 2^53 or null`,
      method,
    );
  }
  const answerTo = id ?? null;
  if (jsonrpc !== '2.0') return brokenCall(answerTo, 'jsonrpc: must be "2.0"', method);
  if (typeof method !== 'string') return brokenCall(answerTo, 'method: must be a text');
  if (params !== undefined && (typeof params !== 'object' || params === null))
    return brokenCall(answerTo, 'params: must be an object or a list', method);
  return { id, method, params: params as RpcParams | undefined };
}

function brokenCall(id: RpcId, reason: string, method?: unknown): BrokenCall {
  return { id, method: typeof method === 'string' ? method : NO_METHOD, broken: { kind: 'invalid_request', reason } };
}

function isId(value: unknown): value is RpcId {
  if (typeof value === 'string') return value.length <= MAX_ID_LENGTH;
  // a larger number loses digits in reading, so that the answer would go to nobody
  return value === null || (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER);
}

export type RpcOutcome = { result: unknown } | { error: RpcErrorObject };

/** What answering needs from outside: running a call, or wording what is none. It does not throw. */
export type EntryRunner = (entry: Entry) => Promise<RpcOutcome>;

/**
 * Characters. Once the answers of a batch are longer than this together, the calls that are left are refused, and can
 * be sent anew.
 */
export const MAX_BATCH_ANSWER = 4 * 1024 * 1024;

/**
 * The answer to a message as JSON text; undefined where nothing must be said (notifications). The calls of a batch
 * run one after another in their order, so that a later one sees what an earlier one did.
 */
export async function answerMessage(message: RpcMessage, run: EntryRunner): Promise<string | undefined> {
  if (message.kind === 'single') return answerEntry(message.entry, run);
  const answers: string[] = [];
  let length = 0;
  for (const entry of message.entries) {
    const answer = await answerEntry(length > MAX_BATCH_ANSWER ? tooMuch(entry) : entry, run);
    if (answer === undefined) continue;
    answers.push(answer);
    length += answer.length;
  }
  return answers.length > 0 ? `[${answers.join(',')}]` : undefined;
}

export function answerText(id: RpcId, outcome: RpcOutcome): string {
  // a result of undefined would leave the member out, which must be there
  return JSON.stringify({ jsonrpc: '2.0', ...('error' in outcome ? outcome : { result: outcome.result ?? null }), id });
}

async function answerEntry(entry: Entry, run: EntryRunner): Promise<string | undefined> {
  const outcome = await run(entry);
  return entry.id === undefined ? undefined : answerText(entry.id, outcome);
}

/** A notification has no answer that could be too much. */
function tooMuch(entry: Entry): Entry {
  if (isBroken(entry) || entry.id === undefined) return entry;
  const reason = 'the answers before this one are as much as one batch may bring; this call was not run, send it again';
  return { id: entry.id, method: entry.method, broken: { kind: 'answer_too_large', reason } } satisfies BrokenCall;
}

/** The error member of a JSON-RPC answer. */
export interface RpcErrorObject {
  code: number;
  message: string;
  data: ErrorFields;
}

/** An error of the envelope rather than of an operation: it has the code that the specification gives it. */
class EnvelopeError extends AppError {
  constructor(
    readonly rpcCode: number,
    kind: ErrorKind,
    code: string,
    message: string,
  ) {
    super(kind, code, message);
  }
}

export function noSuchMethod(method: string): AppError {
  return new EnvelopeError(
    -32601,
    'not_found',
    'method_not_found',
    `Method not found: there is no "${method.slice(0, 100)}"`,
  );
}

export function envelopeError({ kind, reason }: EnvelopeFault): AppError {
  switch (kind) {
    case 'parse_error':
      return new EnvelopeError(-32700, 'invalid', kind, `Parse error: ${reason}`);
    case 'invalid_request':
      return new EnvelopeError(-32600, 'invalid', kind, `Invalid Request: ${reason}`);
    case 'answer_too_large':
      return new AppError('too_large', kind, reason);
  }
}

export function toRpcError(error: AppError, requestId: string): RpcErrorObject {
  return {
    code: error instanceof EnvelopeError ? error.rpcCode : rpcCodeOf(error),
    message: error.message,
    data: fieldsOfError(error, requestId),
  };
}
