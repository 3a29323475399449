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
 * Which unknown fields are worth a question to a lead in doubt: those of which some answer would settle the doubt, or,
 * where none does alone, the first two if their answers would together. Tried is every answer that a rule tells from
 * the others.
 * @param isLow whether the verdict on other facts would be in doubt
 */
export function whatToAsk(facts: TriageFacts, isLow: (facts: TriageFacts) => boolean): string[] {
  const unknown = ASKABLE.filter((field) => facts.lead[field] === null);
  const settles = (...fields: Askable[]): boolean => someAnswers(facts, fields).some((told) => !isLow(told));
  const alone = unknown.filter((field) => settles(field)).slice(0, MOST_QUESTIONS);
  if (alone.length > 0 || unknown.length < MOST_QUESTIONS) return alone;
  const first = unknown.slice(0, MOST_QUESTIONS);
  return settles(...first) ? first : [];
}

/** The facts with every combination of answers to these questions. */
function someAnswers(facts: TriageFacts, fields: readonly Askable[]): TriageFacts[] {
  return fields.reduce<TriageFacts[]>(
    (told, field) =>
      told.flatMap((each) =>
        answersTo(field, each).map((answer) => ({ ...each, lead: { ...each.lead, [field]: answer } })),
      ),
    [facts],
  );
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
