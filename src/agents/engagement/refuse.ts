import type { EngagementFacts, EscalationWish } from '../core/index.js';
import type { ChannelsConsidered } from './choose-channels.js';
import type { Strategy } from './choose-strategy.js';
import type { EngagementOutcome, NoOutreachRule } from './engagement-outcome.js';
import { type Heard, saidStop } from './heard.js';

export type Refusal = Omit<Extract<EngagementOutcome, { kind: 'no_outreach' }>, 'kind'>;

/** Why nothing is planned, if nothing is: what the gate would say, what the lead said, and what was tried. */
export function refuse(
  facts: EngagementFacts,
  channels: ChannelsConsidered,
  strategy: Strategy,
  heard: Heard,
): Refusal | null {
  if (saidStop(facts)) return no('unsubscribed', 'the lead asked in the last conversation not to be written to');
  if (channels.allowed.length === 0)
    return no(ruleOf(facts), channels.excluded.map(({ channel, reason }) => `${channel}: ${reason}`).join('; '));
  if (facts.open_cases?.includes('hot_lead') && heard.hot.length === 0)
    return no('with_a_person', 'a person answers what the lead asked for');
  if (strategy.name === 'ask_a_person' && heard.hot.length === 0) {
    const escalation: EscalationWish = {
      reason: 'complex_request',
      summary: `${strategy.because}: a person should decide how to go on`,
      blocking: true,
    };
    return { rule: 'exhausted', detail: strategy.because, escalation };
  }
  return null;
}

/** What all channels are refused for, the most telling first. */
function ruleOf({ channels = [], lead }: EngagementFacts): NoOutreachRule {
  const rules = new Set(channels.map(({ rule }) => rule));
  if (rules.has('open_case')) return 'with_a_person';
  if (rules.has('consent')) return lead.gdpr_consent ? 'unsubscribed' : 'no_consent';
  return 'no_channel';
}

const no = (rule: NoOutreachRule, detail: string): Refusal => ({ rule, detail, escalation: null });
