import type { Random } from '../../config/index.js';
import type { EngagementFacts } from '../core/index.js';
import type { EngagementMode } from './choose-strategy.js';
import { nextContactTime, quietOf, zonesOfFacts } from './choose-time.js';
import type { RankedOption } from './choose-variant.js';
import { CHANNEL, type OutreachChannel } from '../../vocabulary/index.js';

export interface FollowUp {
  /** A step of the playbooks. */
  readonly step: string;
  readonly channel: OutreachChannel;
  readonly planned_for: string;
  /** What must hold when its time comes; it is dropped otherwise. */
  readonly condition: 'no_answer';
}

const DAYS_AFTER: Readonly<Record<EngagementMode, readonly number[]>> = { engage: [3, 7], nurture: [7, 21, 45] };
const USUAL_STEPS: Readonly<Record<EngagementMode, readonly string[]>> = {
  engage: ['send_case_study', 'book_demo'],
  nurture: ['send_case_study', 'offer_trial', 'book_demo'],
};
/** Steps that the engagement agent can take by itself; pausing and escalating belong to the orchestrator. */
const OWN_STEPS: ReadonlySet<string> = new Set([
  'send_case_study',
  'offer_trial',
  'book_demo',
  'follow_up_sms',
  'retarget_ads',
]);
const CHANNEL_OF_STEP: Readonly<Record<string, OutreachChannel>> = { follow_up_sms: 'SMS', retarget_ads: 'Ads' };
const DAY_MS = 86_400_000;

/**
 * The messages after the first: steps that are proven first, each on the best allowed channel, in
 * the lead's window.
 */
export function planFollowUps(
  facts: EngagementFacts,
  about: {
    mode: EngagementMode;
    options: readonly RankedOption[];
    firstAt: string;
    window: string | null;
    random: Random;
    /** Steps of the playbooks that go first, the best first. */
    proven: readonly string[];
  },
): FollowUp[] {
  const channels = [
    ...new Set(
      [...about.options].sort((first, second) => second.expected - first.expected).map(({ channel }) => channel),
    ),
  ];
  const proven = about.proven.filter(
    (step) => OWN_STEPS.has(step) && (CHANNEL_OF_STEP[step] === undefined || channels.includes(CHANNEL_OF_STEP[step])),
  );
  const steps = [...new Set([...proven, ...USUAL_STEPS[about.mode]])];
  return DAYS_AFTER[about.mode].map((days, index): FollowUp => {
    const step = steps[index % steps.length]!;
    const channel = CHANNEL_OF_STEP[step] ?? channels[index % channels.length]!;
    const after = new Date(Date.parse(about.firstAt) + days * DAY_MS).toISOString();
    const { planned_for } = nextContactTime(after, {
      zones: zonesOfFacts(facts.lead),
      quiet: quietOf(channel, facts.lead),
      window: about.window,
      weekdaysOnly: CHANNEL[channel].quiet?.weekends ?? false,
      share: about.random.next(),
    });
    return { step, channel, planned_for, condition: 'no_answer' };
  });
}
