import { CONVERSATION_STATUSES, ESCALATION_REASONS } from './vocabulary.js';
import { readEmail, readPhone, readRegion } from './lead-cells.js';
import {
  CHANNELS,
  COMPANY_SIZES,
  CONVERSION_TYPES,
  LEAD_STATUSES,
  OUTCOMES,
  TRIAGE_CATEGORIES,
} from '../vocabulary/index.js';

/**
 * How a column's cells are written in a file, and what the row holds:
 * `time` "2026-01-31T09:30:00" (no zone: UTC) ↔ "2026-01-31T09:30:00.000Z", `day` "2026-01-31T00:00:00" ↔ "2026-01-31",
 * `bool` "True" / "False" ↔ boolean, `money` a decimal of USD rounded to micro-dollars, `json` text ↔ the parsed value.
 */
export type ColumnType = 'text' | 'int' | 'real' | 'money' | 'bool' | 'time' | 'day' | 'json';

export type TableName =
  | 'campaigns'
  | 'ab_variants'
  | 'segments'
  | 'leads'
  | 'conversations'
  | 'interactions'
  | 'agent_actions'
  | 'campaign_daily'
  | 'conversions'
  | 'memory_short_term'
  | 'memory_long_term'
  | 'memory_episodic'
  | 'semantic_kg_triples'
  | 'mcp_jsonrpc_calls'
  | 'mcp_resource_access'
  | 'transport_http_requests'
  | 'transport_websocket_sessions'
  | 'security_auth_events';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** An empty cell means null. */
  readonly nullable?: boolean;
  /** An empty cell is an empty text. Without this and `nullable` it is refused. */
  readonly mayBeEmpty?: boolean;
  readonly values?: readonly string[];
  /** Of `json`: an array of texts and nothing else. */
  readonly isTexts?: boolean;
  readonly pattern?: RegExp;
  /** Longest text in characters. */
  readonly maxLength?: number;
  /** Of `text`: takes what is meant out of the cell, or says why it means nothing. */
  readonly reads?: (text: string) => { readonly value: string } | { readonly refused: string };
  /** Of `time`: a row whose time lies ahead is refused. */
  readonly hasHappened?: boolean;
  readonly min?: number;
  readonly max?: number;
  /** The table whose key this cell names; a row that names an unknown one is refused. */
  readonly references?: TableName;
}

export interface DatasetFile {
  readonly file: string;
  readonly table: TableName;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  /**
   * Set where the data set has no key of its own: `key` is then one added column, filled with `<prefix>_` and a hash
   * of the row's content and occurrence, so that the same file gives the same keys. A file may carry the column
   * itself.
   */
  readonly addedKeyPrefix?: string;
}

type Options = Omit<Column, 'name' | 'type'>;

const text = (name: string, options: Options = {}): Column => ({ name, type: 'text', maxLength: 400, ...options });
const word = (name: string, options: Options = {}): Column =>
  text(name, { pattern: /^[\w.:/-]+$/, maxLength: 120, ...options });
const id = (name: string, options: Options = {}): Column =>
  text(name, { pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/, maxLength: 64, ...options });
const foreignId = (name: string): Column => text(name, { pattern: /^[\w.:-]+$/, maxLength: 200 });
const to = (name: string, references: TableName, options: Options = {}): Column => id(name, { references, ...options });
const oneOf = (name: string, values: readonly string[], options: Options = {}): Column =>
  text(name, { values, ...options });
const count = (name: string, options: Options = {}): Column => ({
  name,
  type: 'int',
  min: 0,
  max: 2_147_483_647,
  ...options,
});
const real = (name: string, options: Options = {}): Column => ({ name, type: 'real', ...options });
const share = (name: string): Column => real(name, { min: 0, max: 1 });
const money = (name: string, options: Options = {}): Column => ({
  name,
  type: 'money',
  min: 0,
  max: 999_999_999_999,
  ...options,
});
const bool = (name: string): Column => ({ name, type: 'bool' });
const time = (name: string, options: Options = {}): Column => ({ name, type: 'time', ...options });
const day = (name: string): Column => ({ name, type: 'day' });
const json = (name: string, more: Partial<Column> = {}): Column => ({
  name,
  type: 'json',
  maxLength: 262_144,
  ...more,
});

const EMAIL = /^[^\s@]+@[^\s@]+$/;
const HTTP_VERBS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * The 18 files, parents before those that refer to them: this is the import order.
 * Vocabularies that the data dictionary leaves open ("etc.") and those that Herald's own rows extend are checked by
 * shape only.
 */
export const DATASET_FILES: readonly DatasetFile[] = [
  {
    file: 'campaigns.csv',
    table: 'campaigns',
    key: ['campaign_id'],
    columns: [
      id('campaign_id'),
      text('name'),
      text('objective'),
      time('start_date'),
      time('end_date', { nullable: true }),
      json('channel_mix'),
      money('daily_budget_usd'),
      money('total_budget_usd'),
      text('owner_email', { pattern: EMAIL, maxLength: 254, nullable: true }),
      text('primary_region', { nullable: true }),
      json('target_personas'),
      text('kpi'),
    ],
  },
  {
    file: 'ab_variants.csv',
    table: 'ab_variants',
    key: ['variant_id'],
    columns: [
      id('variant_id'),
      to('campaign_id', 'campaigns'),
      oneOf('channel', CHANNELS),
      word('creative_type'),
      text('subject_line', { mayBeEmpty: true }),
      text('call_to_action', { mayBeEmpty: true }),
      text('tone'),
      count('length_words'),
    ],
  },
  {
    file: 'segments.csv',
    table: 'segments',
    key: ['segment_id'],
    columns: [
      id('segment_id'),
      text('name'),
      json('rules_json'),
      text('description', { maxLength: 4000, mayBeEmpty: true }),
    ],
  },
  {
    file: 'leads.csv',
    table: 'leads',
    key: ['lead_id'],
    columns: [
      id('lead_id'),
      time('created_at'),
      text('source'),
      to('campaign_id', 'campaigns', { nullable: true }),
      oneOf('triage_category', TRIAGE_CATEGORIES, { nullable: true }),
      oneOf('lead_status', LEAD_STATUSES),
      count('lead_score', { max: 100, nullable: true }),
      oneOf('company_size', COMPANY_SIZES, { nullable: true }),
      text('industry', { nullable: true }),
      text('persona', { nullable: true }),
      text('region', { reads: readRegion, nullable: true }),
      oneOf('preferred_channel', CHANNELS, { nullable: true }),
      bool('gdpr_consent'),
      text('email', { reads: readEmail, nullable: true }),
      text('phone', { reads: readPhone, maxLength: 60, nullable: true }),
      word('assigned_engagement_agent', { nullable: true }),
      time('last_active_at', { nullable: true }),
    ],
  },
  {
    file: 'conversations.csv',
    table: 'conversations',
    key: ['conversation_id'],
    columns: [
      id('conversation_id'),
      to('lead_id', 'leads'),
      time('opened_at'),
      time('last_event_at'),
      oneOf('status', CONVERSATION_STATUSES),
    ],
  },
  {
    file: 'interactions.csv',
    table: 'interactions',
    key: ['interaction_id'],
    columns: [
      id('interaction_id'),
      to('conversation_id', 'conversations', { nullable: true }),
      to('lead_id', 'leads'),
      to('campaign_id', 'campaigns', { nullable: true }),
      time('timestamp', { hasHappened: true }),
      oneOf('channel', CHANNELS),
      word('event_type'),
      word('agent_id', { nullable: true }),
      to('variant_id', 'ab_variants', { nullable: true }),
      oneOf('outcome', OUTCOMES),
      json('metadata_json'),
    ],
  },
  {
    file: 'agent_actions.csv',
    table: 'agent_actions',
    key: ['action_id'],
    columns: [
      id('action_id'),
      time('timestamp'),
      to('conversation_id', 'conversations', { nullable: true }),
      to('lead_id', 'leads', { nullable: true }),
      word('action_type'),
      word('source_agent'),
      word('source_agent_type'),
      word('dest_agent_type'),
      json('handoff_context_json'),
      oneOf('escalation_reason', ESCALATION_REASONS),
    ],
  },
  {
    file: 'campaign_daily.csv',
    table: 'campaign_daily',
    key: ['campaign_id', 'date'],
    columns: [
      to('campaign_id', 'campaigns'),
      day('date'),
      count('impressions'),
      count('clicks'),
      real('ctr', { min: 0 }),
      count('leads_created'),
      count('conversions'),
      money('cost_usd'),
      money('revenue_usd'),
      money('cpl_usd', { nullable: true }),
      real('roas', { min: 0 }),
    ],
  },
  {
    file: 'conversions.csv',
    table: 'conversions',
    key: ['conversion_id'],
    addedKeyPrefix: 'cnv',
    columns: [
      to('lead_id', 'leads'),
      to('campaign_id', 'campaigns', { nullable: true }),
      time('converted_at'),
      money('conversion_value_usd'),
      oneOf('conversion_type', CONVERSION_TYPES),
    ],
  },
  {
    file: 'memory_short_term.csv',
    table: 'memory_short_term',
    key: ['conversation_id'],
    columns: [
      // whoever remembers may name a conversation that is kept elsewhere
      foreignId('conversation_id'),
      to('lead_id', 'leads'),
      text('last_utterance_summary', { maxLength: 20_000, mayBeEmpty: true }),
      word('active_intent', { mayBeEmpty: true }),
      json('slots_json'),
      time('expires_at'),
    ],
  },
  {
    file: 'memory_long_term.csv',
    table: 'memory_long_term',
    key: ['lead_id'],
    columns: [
      to('lead_id', 'leads'),
      text('region', { nullable: true }),
      text('industry', { nullable: true }),
      share('rfm_score'),
      json('preferences_json'),
      time('last_updated_at'),
    ],
  },
  {
    file: 'memory_episodic.csv',
    table: 'memory_episodic',
    key: ['episode_id'],
    columns: [
      id('episode_id'),
      text('scenario'),
      json('action_sequence_json', { isTexts: true }),
      share('outcome_score'),
      text('notes', { maxLength: 20_000, mayBeEmpty: true }),
    ],
  },
  {
    file: 'semantic_kg_triples.csv',
    table: 'semantic_kg_triples',
    key: ['triple_id'],
    addedKeyPrefix: 'tri',
    columns: [text('subject'), text('predicate'), text('object'), share('weight'), text('source')],
  },
  {
    file: 'mcp_jsonrpc_calls.csv',
    table: 'mcp_jsonrpc_calls',
    key: ['rpc_id'],
    columns: [
      id('rpc_id'),
      time('timestamp'),
      word('transport'),
      word('method'),
      count('params_bytes'),
      count('duration_ms'),
      count('status_code', { max: 999 }),
      word('source_agent_type', { mayBeEmpty: true }),
      text('target_resource', { mayBeEmpty: true }),
    ],
  },
  {
    file: 'mcp_resource_access.csv',
    table: 'mcp_resource_access',
    key: ['access_id'],
    addedKeyPrefix: 'acc',
    columns: [
      text('resource_uri'),
      time('timestamp'),
      word('scope'),
      word('operation'),
      bool('success'),
      text('actor'),
    ],
  },
  {
    file: 'transport_http_requests.csv',
    table: 'transport_http_requests',
    key: ['entry_id'],
    addedKeyPrefix: 'hrq',
    columns: [
      foreignId('request_id'),
      time('timestamp'),
      oneOf('method', HTTP_VERBS),
      count('status_code', { max: 999 }),
      count('bytes_in'),
      count('bytes_out'),
    ],
  },
  {
    file: 'transport_websocket_sessions.csv',
    table: 'transport_websocket_sessions',
    key: ['entry_id'],
    addedKeyPrefix: 'wsx',
    columns: [
      foreignId('session_id'),
      time('timestamp'),
      count('messages_sent'),
      count('messages_received'),
      count('bytes_in'),
      count('bytes_out'),
    ],
  },
  {
    file: 'security_auth_events.csv',
    table: 'security_auth_events',
    key: ['event_id'],
    columns: [
      id('event_id'),
      time('timestamp'),
      text('principal'),
      word('auth_mechanism'),
      text('scope', { mayBeEmpty: true }),
      word('result'),
      text('ip', { pattern: /^[\da-fA-F.:]+$/, maxLength: 45, mayBeEmpty: true }),
    ],
  },
];

/** The row of the table for a file name or a table name. */
export function datasetFile(name: string): DatasetFile {
  const found = DATASET_FILES.find(({ file, table }) => file === name || table === name);
  if (!found) throw new RangeError(`no file or table of the data set is called "${name}"`);
  return found;
}

/** The added key column of a file, if the data set gives it none. */
export function addedKeyColumn({ key, addedKeyPrefix }: DatasetFile): Column | undefined {
  return addedKeyPrefix ? id(key[0]) : undefined;
}
