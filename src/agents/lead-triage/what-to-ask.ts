import type { TriageFacts } from '../core/index.js';
import { COMPANY_SIZES } from '../../vocabulary/index.js';

/** What a lead can be asked in a message, the most telling first. */
const ASKABLE = ['company_size', 'persona', 'industry', 'region'] as const;
type Askable = (typeof ASKABLE)[number];

/** Questions of one message. */
const MOST_QUESTIONS = 2;
/** Stands for every answer that no rule knows. */
const OTHER = 'other';

/**
 * Which unknown fields are worth a question to a lead in doubt: those of which some answer would settle the doubt.
 * Each is tried alone, with every answer that a rule tells from the others.
 * @param isLow whether the verdict on other facts would be in doubt
 */
export function whatToAsk(facts: TriageFacts, isLow: (facts: TriageFacts) => boolean): string[] {
  return ASKABLE.filter(
    (field) =>
      facts.lead[field] === null &&
      answersTo(field, facts).some((answer) => !isLow({ ...facts, lead: { ...facts.lead, [field]: answer } })),
  ).slice(0, MOST_QUESTIONS);
}

function answersTo(field: Askable, { campaign }: TriageFacts): readonly string[] {
  switch (field) {
    case 'company_size':
      return COMPANY_SIZES;
    case 'persona':
      return [...(campaign?.target_personas.slice(0, 1) ?? []), OTHER];
    case 'region':
      return [...(campaign?.primary_region ? [campaign.primary_region] : []), OTHER];
    case 'industry':
      return [OTHER];
  }
}
