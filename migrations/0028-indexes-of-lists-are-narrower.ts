import type { MigrationInterface, QueryRunner } from 'typeorm';
import { replaceIndex } from './replace-index.js';

/**
 * Indexes by which lists find their pages: their columns, and the key that stood behind the time. Rows of one moment
 * are few, and both stores sort those by themselves, so that the key, a tenth of what a lead takes, need not be there.
 * (Interactions keep it: a filter that nothing fits goes through a million of them, a quarter faster with it.)
 */
const INDEXES: readonly (readonly [name: string, table: string, before: string, key: string, behind?: string])[] = [
  ['idx_interactions_campaign', 'interactions', '"campaign_id", "timestamp"', '"interaction_id"'],
  ['idx_agent_actions_timestamp', 'agent_actions', '"timestamp"', '"action_id"'],
  ['idx_agent_actions_lead', 'agent_actions', '"lead_id", "timestamp"', '"action_id"'],
  ['idx_conversations_last_event_at', 'conversations', '"last_event_at"', '"conversation_id"'],
  ['idx_conversations_lead', 'conversations', '"lead_id", "last_event_at"', '"conversation_id"'],
  ['idx_conversions_converted_at', 'conversions', '"converted_at"', '"conversion_id"'],
  ['idx_conversions_lead', 'conversions', '"lead_id", "converted_at"', '"conversion_id"'],
  ['idx_conversions_campaign', 'conversions', '"campaign_id", "converted_at"', '"conversion_id"'],
  ['idx_leads_created_at', 'leads', '"created_at"', '"lead_id"', '"source", "region"'],
  ['idx_leads_campaign', 'leads', '"campaign_id", "created_at"', '"lead_id"'],
  ['idx_leads_status', 'leads', '"lead_status", "created_at"', '"lead_id"'],
  ['idx_leads_category', 'leads', '"triage_category", "created_at"', '"lead_id"'],
  ['idx_leads_flow_state', 'leads', '"flow_state", "created_at"', '"lead_id"'],
  [
    'idx_handoffs_created_at',
    'handoffs',
    '"created_at"',
    '"handoff_id"',
    '"from_agent_type", "to_agent_type", "purpose"',
  ],
  ['idx_handoffs_status', 'handoffs', '"status", "created_at"', '"handoff_id"'],
  [
    'idx_decisions_created_at',
    'decisions',
    '"created_at"',
    '"decision_id"',
    '"agent_type", "kind", "status", "confidence"',
  ],
  ['idx_escalations_created_at', 'escalations', '"created_at"', '"escalation_id"'],
  ['messages_created', 'messages', '"created_at"', '"message_id"'],
  ['messages_status_created', 'messages', '"status", "created_at"', '"message_id"'],
  ['messages_channel_created', 'messages', '"channel", "created_at"', '"message_id"'],
];

export class IndexesOfListsAreNarrower1795100000028 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name, table, before, , behind] of INDEXES)
      await replaceIndex(runner, name, onColumns(table, before, behind));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name, table, before, key, behind] of INDEXES)
      await replaceIndex(runner, name, onColumns(table, before, key, behind));
  }
}

const onColumns = (table: string, ...columns: readonly (string | undefined)[]): string =>
  `"${table}" (${columns.filter(Boolean).join(', ')})`;
