import type { Lead } from '../crm/index.js';
import { addressFor, hashAddress } from './address.js';
import { type Standing, saysYes, whyNot } from './consent/judge-consent.js';
import type { HoldRule } from './hold-rules.js';
import { type Channel, type SuppressionChannel, type Topic } from '../vocabulary/index.js';

/** What time, an event or nothing changes about a no. */
export type Heals = 'time' | 'event' | 'never';

/** Whether a person may be written to on a channel at all, whatever the hour. */
export type Permission =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly rule: HoldRule;
      readonly reason: string;
      readonly heals: Heals;
      /** Of the rule `campaign`: what became of it. */
      readonly campaign?: 'paused' | 'ended';
    };

/** All that is asked about a person. */
export interface PersonFacts {
  readonly lead: Pick<Lead, 'email' | 'phone' | 'gdpr_consent' | 'lead_status' | 'flow_state'>;
  readonly standing: Standing;
  readonly suppressions: readonly {
    readonly address_hash: string;
    readonly channel: SuppressionChannel;
    readonly reason: string;
  }[];
  /** The reason of an open case that blocks. */
  readonly openCase: string | null;
  /** The status of the message's campaign; null for none, and for one that says nothing. */
  readonly campaignStatus: string | null;
}

/** Leads that a person, or a purchase, took out of marketing. */
const OUT_OF_MARKETING: Readonly<Record<string, string>> = {
  Unqualified: 'the lead is unqualified',
  Converted: 'the lead has converted',
  closed: 'the lead is closed',
  converted: 'the lead has converted',
};
const ALLOWED: Permission = { allowed: true };

/**
 * The one judge of whether a person may be written to on a channel about a topic: the gate asks it for each message,
 * and agents are told what it says. Pure; times of day and frequency are the gate's.
 */
export function judgePermission(facts: PersonFacts, channel: Channel, topic: Topic): Permission {
  const { lead, standing, suppressions, openCase, campaignStatus } = facts;
  const address = addressFor(channel, lead);
  if (address === null) return no('no_recipient', `the lead is gone or has no address for ${channel}`);
  if (openCase !== null) return no('open_case', `an open case (${openCase}) of the lead waits for a person`);
  const state = OUT_OF_MARKETING[lead.lead_status] ?? OUT_OF_MARKETING[lead.flow_state];
  if (state !== undefined) return no('lead_state', state, lead.flow_state === 'converted' ? 'never' : 'event');
  if (campaignStatus === 'paused' || campaignStatus === 'ended')
    return { ...no('campaign', `the campaign is ${campaignStatus}`), campaign: campaignStatus };
  const hash = hashAddress(address);
  const here = suppressions.filter((each) => each.address_hash === hash && isOn(each.channel, channel));
  const objection = whyNot(standing, channel, topic, lead.gdpr_consent);
  // an objection that a later yes outranks no longer holds, though its row is there
  const suppression = here.find(({ reason }) => reason !== 'unsubscribe' || !saysYes(standing, channel, topic));
  if (suppression) {
    const where = suppression.channel === 'All' ? 'all channels' : suppression.channel;
    return no('suppression', `the address is suppressed on ${where} (${suppression.reason})`);
  }
  return objection === null ? ALLOWED : no('consent', objection);
}

const no = (rule: HoldRule, reason: string, heals: Heals = 'event') => ({ allowed: false, rule, reason, heals });

const isOn = (suppressed: SuppressionChannel, channel: Channel): boolean =>
  suppressed === 'All' || suppressed === channel;
