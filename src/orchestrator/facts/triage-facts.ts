import type { TriageFacts } from '../../agents/core/index.js';
import { scenarioOf } from '../../agents/engagement/index.js';
import { type Reader, fromMicros, sumMicrosSql } from '../../database/index.js';
import type { Lead } from '../../crm/index.js';
import type { FactSources, FactsView } from './agent-facts.js';
import { baseRatesFor, rememberedAt } from './portfolio-rates.js';
import { NO_HISTORY, leadFacts, parsed, placeholders, readHistories, readLeads } from './read-facts.js';
import { recall } from './recall.js';
import { situationOf } from './playbooks.js';

const LONGEST_MESSAGE = 500;

/** What triage is told of a lead. */
export const TRIAGE_FACTS: FactsView<TriageFacts> = {
  resource: 'db://leads',
  view: 'triage_facts',
  scopes: ['leads:read', 'campaigns:read', 'memory:rw', 'analytics:read'],
  read: readTriageFacts,
  idOf: ({ lead }) => lead.lead_id,
};

async function readTriageFacts(
  { reader, held, rates, memory, playbooks, now }: FactSources,
  ids: readonly string[],
): Promise<TriageFacts[]> {
  const rows = await readLeads(reader, ids, held.leads);
  const histories = await readHistories(reader, ids);
  const recalled = await recall(memory, reader, ids, { at: rememberedAt(rates, now), now }, held.shortTerm);
  const conversions = await readConversions(reader, ids);
  const campaigns = await readCampaigns(
    reader,
    rows.map(({ campaign_id }) => campaign_id),
  );
  return Promise.all(
    rows.map(async (row): Promise<TriageFacts> => {
      const lead = leadFacts(row);
      const { shortTerm, known } = recalled(lead.lead_id);
      const history = histories.get(lead.lead_id) ?? NO_HISTORY;
      const short_term = shortTerm ?? firstWords(row, now);
      const { positive, negative, unsubscribes, sends } = history;
      const scenario = scenarioOf({
        lead,
        short_term,
        lead_channels: [{ channel: 'any', sends, positive, negative, unsubscribes }],
      });
      const { episodes } = await playbooks.of(reader, situationOf(scenario, lead));
      return {
        as_of: now,
        observed_until: rates.observedUntil,
        lead,
        campaign: lead.campaign_id === null ? null : (campaigns.get(lead.campaign_id) ?? null),
        history,
        short_term,
        conversions: conversions.get(lead.lead_id) ?? { count: 0, value_usd: 0, last_at: null },
        base_rates: baseRatesFor(rates, lead),
        known,
        episodes,
      };
    }),
  );
}

/** Before there is a conversation, what the lead wrote in the form is all that it said. */
function firstWords({ lead_id, message }: Lead, now: string): TriageFacts['short_term'] {
  if (message === null) return null;
  return {
    conversation_id: `form:${lead_id}`,
    active_intent: null,
    last_utterance_summary: message.slice(0, LONGEST_MESSAGE),
    slots: {},
    expires_at: now,
  };
}

async function readConversions(
  reader: Reader,
  ids: readonly string[],
): Promise<Map<string, TriageFacts['conversions']>> {
  if (ids.length === 0) return new Map();
  const rows = await reader.query(
    `SELECT lead_id, COUNT(*) AS n, ${sumMicrosSql('conversion_value_usd')} AS micros, MAX(converted_at) AS last_at
     FROM conversions WHERE lead_id IN (${placeholders(ids)}) GROUP BY lead_id`,
    ids,
  );
  return new Map(
    rows.map((row) => [
      String(row.lead_id),
      { count: Number(row.n), value_usd: fromMicros(Number(row.micros)), last_at: row.last_at as string | null },
    ]),
  );
}

async function readCampaigns(
  reader: Reader,
  ids: readonly (string | null)[],
): Promise<Map<string, NonNullable<TriageFacts['campaign']>>> {
  const distinct = [...new Set(ids.filter((id) => id !== null))];
  if (distinct.length === 0) return new Map();
  const rows = await reader.query(
    `SELECT campaign_id, objective, primary_region, target_personas FROM campaigns WHERE campaign_id IN (${placeholders(distinct)})`,
    distinct,
  );
  return new Map(
    rows.map((row) => [
      String(row.campaign_id),
      {
        campaign_id: String(row.campaign_id),
        objective: String(row.objective),
        primary_region: row.primary_region as string | null,
        target_personas: parsed<string[]>(row.target_personas),
      },
    ]),
  );
}
