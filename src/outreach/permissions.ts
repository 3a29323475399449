import { Injectable } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { Campaigns, type Lead, Leads } from '../crm/index.js';
import type { Reader } from '../database/index.js';
import { BlockingCases } from './blocking-cases.js';
import { ConsentWords } from './consent/consent-words.js';
import { type Permission, type PersonFacts, judgePermission } from './permission.js';
import { CHANNELS, type Channel, DEFAULT_TOPIC, OUTREACH_CHANNELS, type Topic } from '../vocabulary/index.js';

export type ChannelPermissions = Readonly<Record<Channel, Permission>>;

/** What the gate would say about writing to people at all, told to those who plan. */
@Injectable()
export class Permissions {
  constructor(
    private readonly leads: Leads,
    private readonly campaigns: Campaigns,
    private readonly words: ConsentWords,
    private readonly cases: BlockingCases,
    private readonly clock: Clock,
  ) {}

  /**
   * Per lead and channel, whether a message of its own campaign would be allowed, else by which rule not, and what
   * heals that. Leads that do not exist are absent. A handful of statements, however many leads.
   */
  async of(
    reader: Reader,
    leadIds: readonly string[],
    topic: Topic = DEFAULT_TOPIC,
  ): Promise<Map<string, ChannelPermissions>> {
    return this.ofLeads(reader, await this.leads.find(reader, leadIds), topic);
  }

  /** As `of`, for rows that are at hand. */
  async ofLeads(
    reader: Reader,
    leads: readonly Lead[],
    topic: Topic = DEFAULT_TOPIC,
  ): Promise<Map<string, ChannelPermissions>> {
    const facts = await this.factsOf(
      reader,
      leads.map((lead) => ({ lead, campaignId: lead.campaign_id })),
    );
    return new Map(
      [...facts].map(([leadId, about]) => [
        leadId,
        Object.fromEntries(
          CHANNELS.map((channel) => [channel, judgePermission(about, channel, topic)]),
        ) as unknown as ChannelPermissions,
      ]),
    );
  }

  /** Whether the person's own words, and what stands against its addresses, leave any channel for marketing open. */
  async isAnyOpen(reader: Reader, lead: Lead): Promise<boolean> {
    const about = (await this.factsOf(reader, [{ lead, campaignId: null }])).get(lead.lead_id)!;
    const facts = { ...about, openCase: null, lead: { ...lead, lead_status: 'Open', flow_state: 'outreach' } };
    return OUTREACH_CHANNELS.some((channel) => judgePermission(facts, channel, DEFAULT_TOPIC).allowed);
  }

  /** All that is asked about people, by lead. */
  async factsOf(
    reader: Reader,
    wishes: readonly { readonly lead: Lead; readonly campaignId: string | null; readonly messageId?: string }[],
  ): Promise<Map<string, PersonFacts & { readonly pausedUntil: string | null }>> {
    if (wishes.length === 0) return new Map();
    const leads = wishes.map(({ lead }) => lead);
    const said = await this.words.saidBy(reader, leads, this.clock.iso());
    const cases = await this.cases.of(
      reader,
      leads.map(({ lead_id }) => lead_id),
    );
    // what a person answers to a case is not what the case holds back
    const answered = new Set<string>();
    for (const { lead, messageId = '' } of wishes)
      if (cases.has(lead.lead_id) && messageId !== '' && (await this.cases.isAnswer(reader, messageId)))
        answered.add(lead.lead_id);
    const campaignIds = [...new Set(wishes.flatMap(({ campaignId }) => campaignId ?? []))];
    const campaigns = new Map(
      (await this.campaigns.find(reader, campaignIds)).map(({ campaign_id, status }) => [campaign_id, status]),
    );
    return new Map(
      wishes.map(({ lead, campaignId }) => {
        const { standing, suppressions } = said.get(lead.lead_id)!;
        return [
          lead.lead_id,
          {
            lead,
            standing,
            suppressions,
            openCase: answered.has(lead.lead_id) ? null : (cases.get(lead.lead_id) ?? null),
            campaignStatus: (campaignId !== null && campaigns.get(campaignId)) || null,
            pausedUntil: standing.pausedUntil,
          },
        ];
      }),
    );
  }
}
