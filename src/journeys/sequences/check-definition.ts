import { invalid } from '../../errors/index.js';
import { CHANNEL } from '../../vocabulary/index.js';
import type { SequenceDefinition, SequenceStepDefinition } from './sequence-definition.js';

/**
 * What the fields of a definition must mean together.
 * @param others the ids of the sequences that may take over
 * @throws AppError invalid naming the field and the reason
 */
export function checkDefinition(sequenceId: string, definition: SequenceDefinition, others: ReadonlySet<string>): void {
  const seen = new Set<string>();
  for (const [index, step] of definition.steps.entries()) {
    if (seen.has(step.id)) throw invalid(`draft.steps[${index}].id`, `there are two steps "${step.id}"`);
    seen.add(step.id);
    checkStep(`draft.steps[${index}]`, step);
  }
  const { then, reentry } = definition;
  if (then === sequenceId) throw invalid('draft.then', 'a sequence cannot take over from itself');
  if (then !== null && !others.has(then)) throw invalid('draft.then', `there is no sequence "${then}"`);
  if (reentry.allowed === 'after' && reentry.days === undefined)
    throw invalid('draft.reentry.days', 'must say after how many days');
}

function checkStep(path: string, { does, channel, subject, body }: SequenceStepDefinition): void {
  if (does === 'agent') {
    for (const [name, value] of Object.entries({ channel, subject, body }))
      if (value != null)
        throw invalid(`${path}.${name}`, 'belongs to steps that are a message; here the agent decides');
    return;
  }
  if (channel === undefined) throw invalid(`${path}.channel`, 'must say on which channel the message goes');
  if (body === undefined) throw invalid(`${path}.body`, 'must say what the message is');
  const { hasSubject, maxBodyChars } = CHANNEL[channel];
  if (hasSubject && !subject) throw invalid(`${path}.subject`, `messages on ${channel} have a subject`);
  if (!hasSubject && subject) throw invalid(`${path}.subject`, `messages on ${channel} have no subject`);
  if (body.length > maxBodyChars)
    throw invalid(`${path}.body`, `must have at most ${maxBodyChars} characters on ${channel}`);
}
