import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3, { type Database, type Statement } from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { type Random, Settings, createRandom } from '../../src/config/index.js';
import { dataSourceOptions } from '../../src/database/index.js';

export interface BigWorld {
  readonly leads: number;
  readonly interactions: number;
  readonly seed: number | string;
}

const CAMPAIGNS = 40;
const DAYS = 180;
const VARIANTS_EACH = 4;
const START = Date.parse('2026-01-01T00:00:00.000Z');
const DAY_MS = 86_400_000;
const ROWS_A_TRANSACTION = 20_000;

const SOURCES = ['Website', 'Referral', 'LinkedIn', 'Paid Search', 'Webinar', 'Event'];
const SIZES = ['1-10', '11-50', '51-200', '201-1000', '1000+'];
const INDUSTRIES = ['SaaS', 'Healthcare', 'Finance', 'Retail', 'Manufacturing', 'Education'];
const PERSONAS = ['CMO', 'CTO', 'Marketing Manager', 'Founder', 'RevOps'];
const REGIONS = ['EU', 'US', 'APAC', 'LATAM'];
const CHANNELS = ['Email', 'SMS', 'Social', 'Call', 'Web'];
const EVENTS = ['email_sent', 'email_open', 'email_click', 'site_visit', 'reply', 'sms_sent', 'call_made'];
const OUTCOMES = ['none', 'none', 'none', 'none', 'positive', 'negative', 'callback_requested', 'none', 'unsubscribe'];
const CATEGORIES = ['Campaign Qualified', 'Cold Lead', 'General Inquiry'];
const STATUSES = ['New', 'Open', 'Qualified', 'Nurture'];
const STATES = ['new', 'engaging', 'nurturing', 'with_person'];

type Row = Record<string, unknown>;

/**
 * Fills a new SQLite file, with all of Herald's migrations, with so many leads and interactions and with what goes
 * along with them: campaigns and their days, conversations, conversions, actions, decisions, messages, handoffs, done
 * jobs, cases, memory. Texts are short; it is the number of rows that counts. The same seed gives the same rows.
 */
export async function makeBigWorld(file: string, { leads, interactions, seed }: BigWorld): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const settings = new Settings({ HERALD_DATA_DIR: dirname(file) });
  const migrated = await new DataSource({ ...dataSourceOptions(settings), database: file } as never).initialize();
  await migrated.destroy();
  const database = new BetterSqlite3(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = OFF');
  database.pragma('cache_size = -200000');
  const fill = new Filler(database);
  const random = createRandom(seed);
  fillCampaigns(fill, random);
  for (let index = 0; index < leads; index++) fillLead(fill, random, index, leads);
  for (let index = 0; index < interactions; index++) fill.add('interactions', interaction(random, index, leads));
  fill.done();
  database.pragma('wal_checkpoint(TRUNCATE)');
  // each lead need be counted once only
  database.exec(
    'DELETE FROM changed_leads WHERE change_id NOT IN (SELECT MIN(change_id) FROM changed_leads GROUP BY lead_id)',
  );
  database.close();
}

function fillCampaigns(fill: Filler, random: Random): void {
  for (let number = 0; number < CAMPAIGNS; number++) {
    const campaign_id = campaignOf(number);
    fill.add('campaigns', {
      campaign_id,
      name: `Campaign ${number}`,
      objective: 'Lead Gen',
      start_date: at(0),
      end_date: at(365 * DAY_MS),
      channel_mix: JSON.stringify(['Email', 'SMS', 'Social']),
      daily_budget_usd: 500,
      total_budget_usd: 200_000,
      target_personas: JSON.stringify(PERSONAS.slice(0, 2)),
      kpi: 'CPL',
      status: 'active',
    });
    for (let variant = 0; variant < VARIANTS_EACH; variant++) {
      fill.add('ab_variants', {
        variant_id: variantOf(number, variant),
        campaign_id,
        channel: CHANNELS[variant % CHANNELS.length],
        creative_type: 'text',
        subject_line: 'A subject',
        call_to_action: 'Book a demo',
        tone: 'friendly',
        length_words: 90,
      });
    }
    for (let day = 0; day < DAYS; day++) {
      const clicks = 20 + random.integer(60);
      const leads_created = 5 + random.integer(30);
      fill.add('campaign_daily', {
        campaign_id,
        date: at(day * DAY_MS).slice(0, 10),
        impressions: 2_000 + random.integer(3_000),
        clicks,
        ctr: 0.01,
        leads_created,
        conversions: random.integer(4),
        cost_usd: 300 + random.integer(20_000) / 100,
        revenue_usd: random.integer(90_000) / 100,
        roas: 1,
      });
    }
  }
}

function fillLead(fill: Filler, random: Random, index: number, leads: number): void {
  const lead_id = leadOf(index);
  const offset = Math.floor((index / leads) * DAYS * DAY_MS);
  const created_at = at(offset);
  const later = at(offset + 60_000);
  const campaign_id = campaignOf(random.integer(CAMPAIGNS));
  const conversation_id = `C${index}`;
  const channel = pick(random, CHANNELS);
  fill.add('leads', {
    lead_id,
    created_at,
    source: pick(random, SOURCES),
    campaign_id,
    triage_category: pick(random, CATEGORIES),
    lead_status: pick(random, STATUSES),
    lead_score: random.integer(101),
    company_size: pick(random, SIZES),
    industry: pick(random, INDUSTRIES),
    persona: pick(random, PERSONAS),
    region: pick(random, REGIONS),
    preferred_channel: channel,
    gdpr_consent: 1,
    email: `lead${index}@example.com`,
    flow_state: pick(random, STATES),
    updated_at: later,
  });
  fill.add('conversations', {
    conversation_id,
    lead_id,
    opened_at: created_at,
    last_event_at: later,
    status: 'active',
  });
  const decision_id = `dec${index}`;
  fill.add('decisions', {
    decision_id,
    agent_id: 'LT-001',
    agent_type: 'LeadTriage',
    kind: 'lead.triage',
    subject_type: 'lead',
    subject_id: lead_id,
    policy_name: 'lead-triage',
    policy_version: '1',
    seed: lead_id,
    choice: 'engagement',
    confidence: random.next(),
    reasons: '[]',
    alternatives: '[]',
    facts: '[]',
    status: 'applied',
    created_at: later,
  });
  for (const action_type of ['triage', 'engage']) {
    fill.add('agent_actions', {
      action_id: `act${index}${action_type}`,
      timestamp: later,
      conversation_id,
      lead_id,
      action_type,
      source_agent: 'LT-001',
      source_agent_type: 'LeadTriage',
      dest_agent_type: 'Engagement',
    });
  }
  fill.add('handoffs', {
    handoff_id: `hof${index}`,
    from_agent: 'LT-001',
    from_agent_type: 'LeadTriage',
    to_agent: 'EN-001',
    to_agent_type: 'Engagement',
    purpose: 'engagement',
    lead_id,
    campaign_id,
    conversation_id,
    status: 'completed',
    created_at: later,
    acknowledged_at: at(offset + 60_100),
    decision_id,
  });
  fill.add('messages', {
    message_id: `msg${index}`,
    lead_id,
    campaign_id,
    conversation_id,
    channel,
    body: 'Hello',
    planned_for: later,
    expires_at: at(offset + 30 * DAY_MS),
    status: pick(random, ['sent', 'sent', 'held', 'planned', 'failed']),
    idempotency_key: `msg${index}`,
    decision_id,
    origin: 'agent',
    created_at: later,
    updated_at: later,
  });
  fill.add('outbox', {
    outbox_id: `out${index}`,
    topic: pick(random, ['lead.triage', 'handoff.deliver', 'message.dispatch']),
    idempotency_key: `out${index}`,
    payload: JSON.stringify({ lead_id }),
    status: random.integer(500) === 0 ? 'dead' : 'done',
    available_at: later,
    created_at: later,
    done_at: later,
  });
  fill.add('memory_short_term', {
    conversation_id,
    lead_id,
    active_intent: 'unknown',
    expires_at: at(offset + DAY_MS),
  });
  fill.add('memory_long_term', { lead_id, region: 'EU', industry: 'SaaS', rfm_score: 0.5, last_updated_at: later });
  if (random.integer(20) === 0) {
    fill.add('conversions', {
      conversion_id: `CV${index}`,
      lead_id,
      campaign_id,
      converted_at: at(offset + 3 * DAY_MS),
      conversion_value_usd: 100 + random.integer(100_000) / 100,
      conversion_type: 'purchase',
    });
  }
  if (random.integer(40) === 0) {
    fill.add('escalations', {
      escalation_id: `esc${index}`,
      lead_id,
      campaign_id,
      reason: pick(random, ['high_value', 'complaint', 'legal', 'low_confidence']),
      summary: 'A case',
      raised_by: 'LT-001',
      status: pick(random, ['open', 'resolved', 'resolved', 'resolved']),
      due_at: at(offset + DAY_MS),
      created_at: later,
    });
  }
}

function interaction(random: Random, index: number, leads: number): Row {
  const lead = random.integer(leads);
  const campaign = random.integer(CAMPAIGNS);
  const channel = random.integer(CHANNELS.length);
  return {
    interaction_id: `INT${index}`,
    conversation_id: `C${lead}`,
    lead_id: leadOf(lead),
    campaign_id: campaignOf(campaign),
    timestamp: at(Math.floor(random.next() * DAYS * DAY_MS)),
    channel: CHANNELS[channel],
    event_type: pick(random, EVENTS),
    variant_id: random.integer(2) === 0 ? null : variantOf(campaign, channel % VARIANTS_EACH),
    outcome: pick(random, OUTCOMES),
  };
}

export const leadOf = (index: number): string => `L${String(index).padStart(7, '0')}`;
export const campaignOf = (number: number): string => `CMP${String(number).padStart(3, '0')}`;
const variantOf = (campaign: number, variant: number): string => `${campaignOf(campaign)}-V${variant}`;
const at = (offsetMs: number): string => new Date(START + offsetMs).toISOString();
const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(list.length)]!;

/** Inserts rows of which only the telling columns are named; the others that must not be null are empty. */
class Filler {
  private readonly inserts = new Map<string, { statement: Statement; columns: Column[] }>();
  private rows = 0;

  constructor(private readonly database: Database) {}

  add(table: string, row: Row): void {
    if (this.rows++ % ROWS_A_TRANSACTION === 0) {
      this.done();
      this.database.exec('BEGIN');
    }
    let insert = this.inserts.get(table);
    if (!insert) this.inserts.set(table, (insert = this.prepare(table)));
    insert.statement.run(insert.columns.map(({ name, fallback }) => row[name] ?? fallback));
  }

  done(): void {
    if (this.database.inTransaction) this.database.exec('COMMIT');
  }

  private prepare(table: string) {
    const info = this.database.pragma(`table_info("${table}")`) as (ColumnInfo & { name: string })[];
    const columns = info.map((column) => ({ name: column.name, fallback: fallbackOf(column) }));
    const statement = this.database.prepare(`INSERT INTO "${table}" VALUES (${columns.map(() => '?').join(',')})`);
    return { statement, columns };
  }
}

interface ColumnInfo {
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
}

interface Column {
  readonly name: string;
  readonly fallback: unknown;
}

function fallbackOf({ type, notnull, dflt_value }: ColumnInfo): unknown {
  if (notnull === 0) return null;
  if (dflt_value !== null) return /^'.*'$/.test(dflt_value) ? dflt_value.slice(1, -1) : Number(dflt_value);
  if (type === 'json') return '{}';
  return /int|double|decimal|bool/.test(type) ? 0 : '';
}
