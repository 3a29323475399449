import type { EscalationWish, HotAsk, TriageFacts } from '../core/index.js';
import { inWords } from './in-words.js';
import type { Reading } from './read-intent.js';
import type { CategoryWeighing } from './weigh-categories.js';

export interface EscalationGrounds {
  readonly facts: TriageFacts;
  readonly intent: Reading;
  /** What a buyer asks for that was not heard before. */
  readonly news: readonly HotAsk[];
  readonly score: number;
  readonly weighing: CategoryWeighing;
}

const ENTERPRISE_SIZES: ReadonlySet<string> = new Set(['1001-5000', '5000+']);
const HIGH_VALUE_SIZE = '5000+';
const HIGH_VALUE_SCORE = 75;
const NEGATIVE_REPLIES_OF_A_COMPLAINT = 3;

/**
 * Why a person should see this lead, however sure the category is. `high_value` and `hot_lead` let the flow go on
 * meanwhile: the first answer to what was asked goes out by itself.
 */
export function escalationWishes({ facts, intent, news, score, weighing }: EscalationGrounds): EscalationWish[] {
  const { lead, history } = facts;
  const wishes: EscalationWish[] = [];
  if (intent.concerns.includes('legal'))
    wishes.push({ reason: 'legal', summary: 'the last message raises a legal matter', blocking: true });

  const isUnhappy =
    history.negative_replies >= NEGATIVE_REPLIES_OF_A_COMPLAINT && history.negative_replies > history.positive_replies;
  if (intent.concerns.includes('complaint'))
    wishes.push({ reason: 'complaint', summary: 'the last message is a complaint', blocking: true });
  else if (isUnhappy) {
    const summary = `${history.negative_replies} negative replies against ${history.positive_replies} positive`;
    wishes.push({ reason: 'complaint', summary, blocking: true });
  }

  const isEnterprise = lead.company_size !== null && ENTERPRISE_SIZES.has(lead.company_size);
  const wantsToBuy = intent.signals.some((signal) => signal.buying >= 0.95);
  const isComplex =
    intent.concerns.includes('procurement') || (intent.concerns.includes('security') && isEnterprise && wantsToBuy);
  if (isComplex) {
    const summary = `${lead.company_size ?? 'unknown size'}: ${intent.concerns.join(' and ')} questions need an answer made for them`;
    wishes.push({ reason: 'complex_request', summary, blocking: true });
  }

  if (
    lead.company_size === HIGH_VALUE_SIZE &&
    score >= HIGH_VALUE_SCORE &&
    weighing.category === 'Campaign Qualified'
  ) {
    wishes.push({
      reason: 'high_value',
      summary: `${lead.company_size} employees and a score of ${score}`,
      blocking: false,
    });
  }
  if (news.length > 0) wishes.push({ reason: 'hot_lead', summary: `asks for ${inWords(news)}`, blocking: false });
  return wishes;
}
