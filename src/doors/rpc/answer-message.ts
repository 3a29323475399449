import { type BrokenCall, type Entry, type RpcId, type RpcMessage, isBroken } from './envelope.js';
import type { RpcErrorObject } from './rpc-error.js';

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
    const answer = await answerEntry(length > MAX_BATCH_ANSWER ? refused(entry) : entry, run);
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
function refused(entry: Entry): Entry {
  if (isBroken(entry) || entry.id === undefined) return entry;
  const reason = 'the answers before this one are as much as one batch may bring; this call was not run, send it again';
  return { id: entry.id, method: entry.method, broken: { kind: 'answer_too_large', reason } } satisfies BrokenCall;
}
