import type { Alternative } from '../../decisions/index.js';
import type { EngagementFacts } from '../core/index.js';
import type { ChannelsConsidered } from './choose-channels.js';
import type { EngagementMode, Strategy } from './choose-strategy.js';
import type { RankedOption } from './choose-variant.js';
import { surest } from './known-facts.js';
import type { Scenario } from './similar-episodes.js';

/** How an option appears among the alternatives of the ledger. */
export function toAlternative({ variant, channel, sampled, expected }: RankedOption): Alternative {
  return {
    choice: `${variant.variant_id || 'plain'}@${channel}`,
    score: sampled,
    expected,
    trials: variant.trials,
    successes: variant.successes,
  };
}

/** Why this message to this lead on this channel at this time, in words. */
export function explainChoice(
  { long_term: memory, lead, episodes, known, triples = [] }: EngagementFacts,
  about: {
    channels: ChannelsConsidered;
    strategy: Strategy;
    best: RankedOption;
    mode: EngagementMode;
    time: { planned_for: string; time_zone: string; window: string };
    scenario: Scenario;
    hasWindow: boolean;
    wordsSource: 'template' | 'model';
    /** What memory says of the chosen words, in sentences. */
    lifts: readonly string[];
  },
): string[] {
  const { best, channels, strategy, time } = about;
  const { variant } = best;
  const percent = (rate: number): string => `${(100 * rate).toFixed(1)} %`;
  const reasons = [
    `${variant.variant_id || 'plain words'} on ${best.channel}: drew ${percent(best.sampled)}, expected ${percent(best.expected)} ` +
      `(95 % ${percent(best.interval[0])} to ${percent(best.interval[1])}) after ${variant.successes} successes with ${variant.trials} leads`,
  ];
  const liked = [
    ...(lead.preferred_channel === best.channel ? ['the lead states it as preferred'] : []),
    ...(memory?.preferred_channels.includes(best.channel)
      ? [`memory holds it as preferred${sureness(known, best.channel)}`]
      : []),
  ];
  if (liked.length > 0) reasons.push(`${best.channel}: ${liked.join(' and ')}`);
  for (const { channel, reason } of channels.excluded) reasons.push(`not ${channel}: ${reason}`);
  if (strategy.name !== 'first_contact') reasons.push(`${strategy.name.replaceAll('_', ' ')}: ${strategy.because}`);
  if (about.mode === 'nurture') reasons.push('slow sequence with a soft call to action');
  if (episodes.length > 0)
    reasons.push(`${episodes.length} episodes of ${about.scenario.replaceAll('_', ' ')} informed the prior`);
  if (triples.length > 0) reasons.push(`${triples.length} lessons of the graph informed it`);
  reasons.push(...about.lifts);
  reasons.push(
    `${about.hasWindow ? 'remembered contact window' : 'usual hours'} ${time.window} in ${time.time_zone}: ${time.planned_for}`,
  );
  if (about.wordsSource === 'model') reasons.push('words drafted by a language model, checked');
  return reasons;
}

function sureness(known: EngagementFacts['known'], channel: string): string {
  const fact = known && surest(known, 'preferred_channel', channel);
  return fact ? ` (confidence ${fact.confidence.toFixed(2)})` : '';
}
