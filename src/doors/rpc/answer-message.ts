import { type Entry, type EnvelopeFault, type RpcCall, type RpcId, type RpcMessage, isBroken } from './envelope.js';
import type { RpcErrorObject } from './rpc-error.js';

export type RpcOutcome = { result: unknown } | { error: RpcErrorObject };

/** What answering needs from outside: running a call, and wording what is no call. Neither throws. */
export interface CallRunner {
  run(call: RpcCall): Promise<RpcOutcome>;
  refuse(fault: EnvelopeFault): RpcErrorObject;
}

/**
 * The answer to a message as JSON text; undefined where nothing must be said (notifications). The calls of a batch run one
 * after another in their order, so that a later one sees what an earlier one did.
 */
export async function answerMessage(message: RpcMessage, runner: CallRunner): Promise<string | undefined> {
  if (message.kind === 'single') return answerEntry(message.entry, runner);
  const answers: string[] = [];
  for (const entry of message.entries) {
    const answer = await answerEntry(entry, runner);
    if (answer !== undefined) answers.push(answer);
  }
  return answers.length > 0 ? `[${answers.join(',')}]` : undefined;
}

export function answerText(id: RpcId, outcome: RpcOutcome): string {
  // a result of undefined would leave the member out, which must be there
  return JSON.stringify({ jsonrpc: '2.0', ...('error' in outcome ? outcome : { result: outcome.result ?? null }), id });
}

async function answerEntry(entry: Entry, runner: CallRunner): Promise<string | undefined> {
  if (isBroken(entry)) return answerText(entry.id, { error: runner.refuse(entry.broken) });
  const outcome = await runner.run(entry);
  return entry.id === undefined ? undefined : answerText(entry.id, outcome);
}
