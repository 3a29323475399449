import type { TriageFacts } from '../../agents/core/index.js';
import { scenarioOf } from '../../agents/engagement/index.js';
import type { Campaign, Lead } from '../../crm/index.js';
import { NEWCOMER, NO_HISTORY } from '../../vocabulary/index.js';
import type { FactSources, FactsView } from './facts-view.js';
import { baseRatesFor } from './portfolio-rates.js';
import { campaignsOf, inTurn, leadFacts, leadsFor } from './lead-facts.js';
import { recall } from './recall.js';
import { situationOf } from './playbooks.js';

const LONGEST_MESSAGE = 2_000;
/** Begins the id of what stands in for a conversation. */
const FORM = 'form:';

/** What triage is told of a lead. */
export const TRIAGE_FACTS: FactsView<TriageFacts> = {
  resource: 'db://leads',
  view: 'triage_facts',
  scopes: ['leads:read', 'campaigns:read', 'memory:rw', 'analytics:read'],
  read: readTriageFacts,
  idOf: ({ lead }) => lead.lead_id,
};

async function readTriageFacts(sources: FactSources, ids: readonly string[]): Promise<TriageFacts[]> {
  const { reader, faces, held, rates, memory, playbooks, at, now } = sources;
  const rows = await leadsFor(sources, ids);
  const histories = await faces.interactions.histories(reader, ids);
  const recalled = await recall(memory, reader, ids, { at, now }, held.shortTerm);
  const conversions = await faces.conversions.sums(reader, ids);
  const campaigns = new Map(
    (await faces.campaigns.find(reader, campaignsOf(rows))).map((campaign) => [campaign.campaign_id, campaign]),
  );
  return inTurn(rows, async (row): Promise<TriageFacts> => {
    const lead = leadFacts(row);
    const { shortTerm, known } = recalled(lead.lead_id);
    const history = histories.get(lead.lead_id) ?? NO_HISTORY;
    const short_term = withFirstWords(shortTerm, row, now);
    const { positive, negative, unsubscribes, sends } = history;
    const scenario = scenarioOf({
      lead,
      short_term,
      lead_channels: [{ channel: 'any', sends, positive, negative, unsubscribes }],
    });
    const { episodes } = await playbooks.of(reader, situationOf(scenario, lead));
    return {
      as_of: at,
      lead,
      campaign: campaignFacts(campaigns.get(lead.campaign_id ?? '')),
      history,
      short_term,
      heard_before: wasHeard(short_term, row),
      conversions: conversions.get(lead.lead_id) ?? { count: 0, value_usd: 0, last_at: null },
      base_rates: baseRatesFor(rates, lead),
      mean_conversion_usd: rates.meanConversionUsd,
      known,
      episodes,
    };
  });
}

/** What the lead wrote in the form stands in for a conversation that holds no words. */
function withFirstWords(shortTerm: TriageFacts['short_term'], lead: Lead, now: string): TriageFacts['short_term'] {
  if (!shortTerm) return firstWords(lead, now);
  if (shortTerm.last_utterance_summary || lead.message === null) return shortTerm;
  return { ...shortTerm, last_utterance_summary: lead.message.slice(0, LONGEST_MESSAGE) };
}

/** Whether these words were judged before: triage leaves them in the conversation's memory, and moves a new lead on. */
function wasHeard(shortTerm: TriageFacts['short_term'], lead: Lead): boolean {
  if (shortTerm === null) return false;
  if (shortTerm.conversation_id.startsWith(FORM)) return lead.lead_status !== NEWCOMER.lead_status;
  const { triage } = shortTerm.slots as { readonly triage?: { readonly said?: unknown } };
  return triage !== undefined && triage.said === shortTerm.last_utterance_summary;
}

/** Before there is a conversation, what the lead wrote in the form is all that it said. */
function firstWords({ lead_id, message }: Lead, now: string): TriageFacts['short_term'] {
  if (message === null) return null;
  return {
    conversation_id: `${FORM}${lead_id}`,
    active_intent: null,
    last_utterance_summary: message.slice(0, LONGEST_MESSAGE),
    slots: {},
    expires_at: now,
  };
}

function campaignFacts(campaign: Campaign | undefined): TriageFacts['campaign'] {
  if (!campaign) return null;
  const { campaign_id, objective, primary_region, target_personas } = campaign;
  return { campaign_id, objective, primary_region, target_personas };
}
