import type { LeadFacts } from '../../agents/core/index.js';
import { audienceStep } from '../../agents/engagement/index.js';
import type { Situation } from './playbooks.js';

/** How a lead's situation is described where episodes of its like are looked for. No word of it is the lead's own. */
export function situationOf(scenario: string, { persona }: Pick<LeadFacts, 'persona'>): Situation {
  return { scenario, text: [scenario, ...(persona === null ? [] : [audienceStep(persona)])].join(' ') };
}
