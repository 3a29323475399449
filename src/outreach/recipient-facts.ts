import { addressFor, hashAddress } from './address.js';
import { ChannelRest } from './bounces/channel-rest.entity.js';
import type { ChannelRecord } from './channel-health.js';
import type { SendFacts } from './gate.js';
import type { SendPolicy } from './send-policy.js';
import { Message, type SequenceStep } from './message.entity.js';
import { judgePermission } from './permission.js';
import type { Permissions } from './permissions.js';
import { type Channel, topicOf } from '../vocabulary/index.js';
import { zonesOf } from './zones-of.js';
import { zonesOfLead } from '../zones/index.js';
import type { Interactions, Lead } from '../crm/index.js';
import type { Reader } from '../database/index.js';

/** The message that is judged, as far as it is known: a mere question has no id and no time of planning. */
export interface Candidate {
  readonly message_id: string;
  readonly channel: Channel;
  readonly planned_for: string;
  readonly expected_value: number;
  readonly campaign_id: string | null;
  readonly sequence: SequenceStep | null;
}

/** Whom the facts are asked of. */
export interface FactReaders {
  readonly interactions: Interactions;
  readonly permissions: Permissions;
}

export interface Recipient {
  readonly address: string | null;
  readonly addressHash: string | null;
}

const HOUR_MS = 3_600_000;
/** How far back and how many messages the circuit breaker looks. */
const RECORD_HOURS = 24;
const RECORD_MESSAGES = 200;

export function recipientOf(lead: Lead | undefined, channel: Channel): Recipient {
  const address = lead ? addressFor(channel, lead) : null;
  return { address, addressHash: address === null ? null : hashAddress(address) };
}

/** Everything that the gate asks about the lead, the address and the channel, as of `now`. */
export async function gatherFacts(
  reader: Reader,
  { interactions, permissions }: FactReaders,
  candidate: Candidate,
  lead: Lead | undefined,
  { addressHash }: Recipient,
  policy: SendPolicy,
  now: Date,
): Promise<SendFacts> {
  const { channel } = candidate;
  const channelRecord = await recordOf(reader, channel, now);
  const { campaign_id: campaignId, message_id: messageId } = candidate;
  const about = lead && (await permissions.factsOf(reader, [{ lead, campaignId, messageId }])).get(lead.lead_id);
  if (!lead || !about || addressHash === null) return { ...nobody(channel), channelRecord };
  const since = new Date(now.getTime() - longestCapHours(policy) * HOUR_MS).toISOString();
  const sends = await othersSends(reader, interactions, lead.lead_id, since);
  return {
    permission: judgePermission(about, channel, topicOf(candidate.sequence)),
    pausedUntil: about.pausedUntil,
    zones: zonesOf(lead),
    claims: [...(await claimsOf(reader, candidate, lead.lead_id, addressHash, since)), ...sends],
    betterDue: await countBetterDue(reader, candidate, lead.lead_id, now),
    channelRecord,
  };
}

function nobody(channel: Channel): Omit<SendFacts, 'channelRecord'> {
  const reason = `the lead is gone or has no address for ${channel}`;
  return {
    permission: { allowed: false, rule: 'no_recipient', reason, heals: 'event' },
    pausedUntil: null,
    zones: zonesOfLead({ time_zone: null, country: null, region: null, phoneCountry: null }),
    claims: [],
    betterDue: 0,
  };
}

const longestCapHours = ({ caps }: SendPolicy): number => Math.max(0, ...caps.map(({ hours }) => hours));

/**
 * Slots that other messages to this lead or this address have taken. What may have been delivered counts as
 * delivered.
 */
async function claimsOf(
  reader: Reader,
  { message_id }: Candidate,
  leadId: string,
  addressHash: string,
  since: string,
): Promise<string[]> {
  const claims = (column: string): string =>
    `SELECT message_id, claimed_at FROM messages WHERE ${column} = ? AND claimed_at > ?
       AND status IN ('sending', 'sent', 'uncertain') AND message_id <> ?`;
  const rows = await reader.query(`${claims('lead_id')} UNION ${claims('to_address_hash')}`, [
    ...[leadId, since, message_id],
    ...[addressHash, since, message_id],
  ]);
  return rows.map((row) => row.claimed_at as string);
}

/** When other systems wrote to the lead: interactions that are not Herald's own messages, which have their rows. */
async function othersSends(
  reader: Reader,
  interactions: Interactions,
  leadId: string,
  since: string,
): Promise<string[]> {
  const told = await interactions.sendsTo(reader, leadId, since);
  const own = await ownMessages(reader, leadId, told);
  return told
    .filter(({ interaction_id }) => !messageIdsIn(interaction_id).some((id) => own.has(id)))
    .map(({ timestamp }) => timestamp);
}

/** Which of the messages that interactions may be named after are Herald's. */
async function ownMessages(
  reader: Reader,
  leadId: string,
  interactions: readonly { readonly interaction_id: string }[],
): Promise<Set<string>> {
  const ids = [...new Set(interactions.flatMap(({ interaction_id }) => messageIdsIn(interaction_id)))];
  if (ids.length === 0) return new Set();
  const messages = await reader.of(Message).find({ lead_id: leadId, message_id: ids });
  return new Set(messages.map(({ message_id }) => message_id));
}

/** An interaction that belongs to a message is named `<message>-<what happened>…`; ids may hold hyphens themselves. */
function messageIdsIn(interactionId: string): string[] {
  return [...interactionId.matchAll(/-/g)].map(({ index }) => interactionId.slice(0, index));
}

/** Messages to the same lead that could go now too and are worth more; of equal ones the older goes first. */
async function countBetterDue(reader: Reader, candidate: Candidate, leadId: string, now: Date): Promise<number> {
  const at = now.toISOString();
  const { message_id, expected_value, planned_for } = candidate;
  const [row] = await reader.query(
    `SELECT COUNT(*) AS n FROM messages WHERE lead_id = ? AND message_id <> ? AND status IN ('planned', 'held')
       AND (status = 'planned' OR earliest IS NOT NULL) AND COALESCE(earliest, planned_for) <= ? AND expires_at > ?
       AND (expected_value > ? OR (expected_value = ? AND (planned_for < ? OR (planned_for = ? AND message_id < ?))))`,
    [leadId, message_id, at, at, expected_value, expected_value, planned_for, planned_for, message_id],
  );
  return Number(row!.n);
}

async function recordOf(reader: Reader, channel: Channel, now: Date): Promise<ChannelRecord> {
  const since = new Date(now.getTime() - RECORD_HOURS * HOUR_MS).toISOString();
  const count = (failure: string) => `COALESCE(SUM(CASE WHEN failure = '${failure}' THEN 1 ELSE 0 END), 0)`;
  const [row] = await reader.query(
    `SELECT COUNT(*) AS settled, ${count('error')} AS errors, ${count('bounce')} AS bounces, ${count('complaint')} AS complaints,
       MAX(failed_at) AS last_failure_at, (SELECT COUNT(*) FROM messages WHERE status = 'sending' AND channel = ?) AS in_flight
     FROM (SELECT failure, failed_at FROM messages WHERE channel = ? AND settled_at > ?
           ORDER BY settled_at DESC LIMIT ${RECORD_MESSAGES}) AS recent`,
    [channel, channel, since],
  );
  return {
    settled: Number(row!.settled),
    errors: Number(row!.errors),
    bounces: Number(row!.bounces),
    complaints: Number(row!.complaints),
    lastFailureAt: row!.last_failure_at as string | null,
    inFlight: Number(row!.in_flight),
    rest: (await reader.of(ChannelRest).get(channel)) ?? null,
  };
}
