import type { KnownFact, TriageFacts } from '../core/index.js';
import { signalOfIntent } from './intent-signals.js';

/** One reason for or against the three categories, in log-odds. */
export interface Evidence {
  readonly text: string;
  readonly qualified: number;
  readonly cold: number;
  readonly inquiry: number;
}

const HALF_LIFE_DAYS = 30;
const DAY_MS = 86_400_000;
/** What was heard in an earlier conversation counts at most half of what is heard now. */
const REMEMBERED_SHARE = 0.5;
const TIMELINE_PULL = 0.6;
const RFM_PULL = 1;

/**
 * What long-term memory says for and against the categories, in log-odds: an intent of an earlier conversation counts
 * its pull · 0.5 · confidence · 2^(−age / 30 days), a named timeline 0.6 with the same factors, recency and frequency
 * ±0.5 around the middle.
 * @param hasSpoken whether the present conversation shows an intent of its own, which then counts alone
 */
export function recallLead({ known = [], as_of }: TriageFacts, hasSpoken: boolean): Evidence[] {
  const evidence: Evidence[] = [];
  const strength = ({ confidence, valid_from }: KnownFact): number => {
    const ageDays = Math.max(0, Date.parse(as_of) - Date.parse(valid_from)) / DAY_MS;
    return REMEMBERED_SHARE * confidence * 0.5 ** (ageDays / HALF_LIFE_DAYS);
  };
  for (const fact of known) {
    if (fact.name === 'intent' && !hasSpoken) {
      const signal = typeof fact.value === 'string' ? signalOfIntent(fact.value) : undefined;
      if (!signal) continue;
      const share = strength(fact);
      const text = `an earlier conversation showed ${signal.name.replaceAll('_', ' ')} (${day(fact)}, confidence ${fact.confidence.toFixed(2)})`;
      evidence.push({
        text,
        qualified: share * signal.qualified,
        cold: share * signal.cold,
        inquiry: share * signal.inquiry,
      });
    } else if (fact.name === 'timeline') {
      const pull = TIMELINE_PULL * strength(fact);
      evidence.push({ text: `named a timeline before (${day(fact)})`, qualified: pull, cold: -pull, inquiry: 0 });
    } else if (fact.name === 'rfm_score' && typeof fact.value === 'number') {
      // anybody who may write memory may have written it
      const pull = RFM_PULL * (Math.min(1, Math.max(0, fact.value)) - 0.5);
      evidence.push({
        text: `recency, frequency and value of ${fact.value.toFixed(2)}`,
        qualified: pull,
        cold: -pull,
        inquiry: 0,
      });
    }
  }
  return evidence;
}

function day({ valid_from }: KnownFact): string {
  return valid_from.slice(0, 10);
}
