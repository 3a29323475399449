import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What lists sort by, after what they are mostly filtered by; the last columns answer rarer filters from the index. */
const INDEXES = {
  idx_interactions_timestamp: '"interactions" ("timestamp", "interaction_id", "channel", "event_type")',
  idx_interactions_lead: '"interactions" ("lead_id", "timestamp", "interaction_id")',
  idx_interactions_campaign: '"interactions" ("campaign_id", "timestamp", "interaction_id")',
  idx_agent_actions_timestamp: '"agent_actions" ("timestamp", "action_id")',
  idx_agent_actions_lead: '"agent_actions" ("lead_id", "timestamp", "action_id")',
  idx_conversations_last_event_at: '"conversations" ("last_event_at", "conversation_id")',
  idx_conversations_lead: '"conversations" ("lead_id", "last_event_at", "conversation_id")',
  idx_conversions_converted_at: '"conversions" ("converted_at", "conversion_id")',
  idx_conversions_lead: '"conversions" ("lead_id", "converted_at", "conversion_id")',
  idx_conversions_campaign: '"conversions" ("campaign_id", "converted_at", "conversion_id")',
  idx_leads_created_at: '"leads" ("created_at", "lead_id", "source", "region")',
  idx_leads_campaign: '"leads" ("campaign_id", "created_at", "lead_id")',
  idx_leads_status: '"leads" ("lead_status", "created_at", "lead_id")',
  idx_leads_category: '"leads" ("triage_category", "created_at", "lead_id")',
  idx_leads_flow_state: '"leads" ("flow_state", "created_at", "lead_id")',
  idx_handoffs_created_at: '"handoffs" ("created_at", "handoff_id", "from_agent_type", "to_agent_type", "purpose")',
  idx_handoffs_status: '"handoffs" ("status", "created_at", "handoff_id")',
  idx_decisions_created_at: '"decisions" ("created_at", "decision_id", "agent_type", "kind", "status", "confidence")',
  idx_approvals_decision: '"approvals" ("decision_id")',
  messages_status_created: '"messages" ("status", "created_at", "message_id")',
  messages_sent_at: '"messages" ("sent_at")',
  messages_channel_created: '"messages" ("channel", "created_at", "message_id")',
} as const;

/** As they were before, to be replaced by those of the same name. */
const BEFORE: Readonly<Record<string, string>> = {
  idx_interactions_lead: '"interactions" ("lead_id")',
  idx_interactions_campaign: '"interactions" ("campaign_id")',
  idx_agent_actions_lead: '"agent_actions" ("lead_id")',
  idx_conversations_lead: '"conversations" ("lead_id")',
  idx_conversions_lead: '"conversions" ("lead_id")',
  idx_conversions_campaign: '"conversions" ("campaign_id")',
  idx_leads_created_at: '"leads" ("created_at")',
  idx_leads_campaign: '"leads" ("campaign_id")',
  idx_leads_status: '"leads" ("lead_status", "created_at")',
  idx_handoffs_created_at: '"handoffs" ("created_at")',
  idx_handoffs_status: '"handoffs" ("status")',
  idx_decisions_created_at: '"decisions" ("created_at", "decision_id")',
};

const TABLES = [
  `CREATE TABLE "figures" ("figure" varchar NOT NULL, "key" varchar NOT NULL, "n" bigint NOT NULL, PRIMARY KEY ("figure", "key"))`,
  `CREATE TABLE "figure_changes" ("change_id" integer NOT NULL, "figure" varchar NOT NULL, "key" varchar NOT NULL, "n" bigint NOT NULL,
    PRIMARY KEY ("change_id"))`,
  `CREATE TABLE "changed_leads" ("change_id" integer NOT NULL, "lead_id" varchar NOT NULL, PRIMARY KEY ("change_id"))`,
  `CREATE TABLE "lead_figures" ("lead_id" varchar NOT NULL, "counted" json NOT NULL, PRIMARY KEY ("lead_id"))`,
];

export interface Count {
  readonly figure: string;
  readonly table: string;
  /** Rows are counted by these columns. */
  readonly by: readonly string[];
  /** What a row adds, in a whole number; 1 when left out. */
  readonly adds?: string;
  /** Only rows with this status. */
  readonly onlyStatus?: string;
}

/** What the overview and the queue's page show, and what a conversion is worth. */
export const COUNTS: readonly Count[] = [
  { figure: 'leads', table: 'leads', by: ['lead_status', 'triage_category', 'flow_state'] },
  { figure: 'messages', table: 'messages', by: ['status', 'channel'] },
  { figure: 'handoffs', table: 'handoffs', by: ['status'] },
  { figure: 'escalations', table: 'escalations', by: ['status', 'reason'] },
  { figure: 'approvals', table: 'approvals', by: ['status'] },
  { figure: 'jobs_done', table: 'outbox', by: ['topic'], onlyStatus: 'done' },
  { figure: 'conversions', table: 'conversions', by: [] },
  {
    figure: 'conversion_micros',
    table: 'conversions',
    by: [],
    adds: 'CAST(ROUND(conversion_value_usd * 1000000) AS BIGINT)',
  },
  { figure: 'campaign_days', table: 'campaign_daily', by: ['campaign_id'] },
  ...['impressions', 'clicks', 'leads_created', 'conversions'].map((column) => ({
    figure: `campaign_${column}`,
    table: 'campaign_daily',
    by: ['campaign_id'],
    adds: column,
  })),
  ...['cost', 'revenue'].map((column) => ({
    figure: `campaign_${column}_micros`,
    table: 'campaign_daily',
    by: ['campaign_id'],
    adds: `CAST(ROUND(${column}_usd * 1000000) AS BIGINT)`,
  })),
];

/** What counts distinct leads is worked out again for each lead of which one of these has changed. */
export const LEADS_CHANGED_BY = [
  { table: 'leads', columns: ['source', 'industry', 'company_size', 'persona', 'campaign_id'] },
  { table: 'interactions', columns: ['lead_id', 'channel', 'variant_id', 'campaign_id', 'outcome'] },
  { table: 'conversions', columns: ['lead_id'] },
] as const;

export class ListsAndFigures1795100000018 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(BEFORE)) await runner.query(`DROP INDEX "${name}"`);
    for (const [name, columns] of Object.entries(INDEXES)) await runner.query(`CREATE INDEX "${name}" ON ${columns}`);
    for (const table of TABLES) await runner.query(table);
    const isPostgres = runner.connection.options.type === 'postgres';
    for (const statement of isPostgres ? postgresTriggers() : sqliteTriggers()) await runner.query(statement);
    for (const count of COUNTS) await runner.query(countOnce(count, isPostgres));
    const next = isPostgres ? `nextval('changed_leads_numbers')` : 'NULL';
    await runner.query(`INSERT INTO changed_leads SELECT ${next}, lead_id FROM leads`);
    // what was tracked of leads that are not there counts for variants and campaigns
    await runner.query(
      `INSERT INTO changed_leads SELECT ${next}, lead_id FROM (SELECT DISTINCT lead_id FROM interactions i
         WHERE NOT EXISTS (SELECT 1 FROM leads l WHERE l.lead_id = i.lead_id)) AS unknown_leads`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    const isPostgres = runner.connection.options.type === 'postgres';
    const made = (isPostgres ? postgresTriggers() : sqliteTriggers()).join('\n');
    for (const [, name, table] of made.matchAll(/CREATE TRIGGER "(\w+)" AFTER .* ON "(\w+)"/g))
      await runner.query(`DROP TRIGGER "${name}"${isPostgres ? ` ON "${table}"` : ''}`);
    for (const [, name] of made.matchAll(/CREATE FUNCTION (\w+)/g)) await runner.query(`DROP FUNCTION ${name}()`);
    for (const table of ['lead_figures', 'changed_leads', 'figure_changes', 'figures'])
      await runner.query(`DROP TABLE "${table}"`);
    for (const name of Object.keys(INDEXES)) await runner.query(`DROP INDEX "${name}"`);
    for (const [name, columns] of Object.entries(BEFORE)) await runner.query(`CREATE INDEX "${name}" ON ${columns}`);
  }
}

/** SQL's own words are in capitals. */
const COLUMN = /\b[a-z]+(_[a-z]+)*\b/g;
export const KEY_MAKER = { sqlite: 'json_array', postgres: 'json_build_array' };

export function keyOf({ by }: Count, maker: string, row: string): string {
  const made = `${maker}(${by.map((column) => `${row}${column}`).join(', ')})`;
  return maker === KEY_MAKER.postgres ? `(${made})::text` : made;
}

/** What a row adds, its columns named as those of OLD or NEW. */
function addsOf({ adds = '1' }: Count, row: string): string {
  return /^\d+$/.test(adds) ? adds : adds.replace(COLUMN, (column) => `${row}${column}`);
}

function columnsOf({ by, adds = '', onlyStatus }: Count): string[] {
  const added = adds.match(COLUMN) ?? [];
  return [...by, ...added, ...(onlyStatus ? ['status'] : [])];
}

function differs(columns: readonly string[]): string {
  return columns.map((column) => `OLD.${column} IS DISTINCT FROM NEW.${column}`).join(' OR ');
}

function countOnce(count: Count, isPostgres: boolean): string {
  const key = keyOf(count, isPostgres ? KEY_MAKER.postgres : KEY_MAKER.sqlite, '');
  const where = count.onlyStatus ? `WHERE status = '${count.onlyStatus}'` : '';
  return `INSERT INTO figures SELECT '${count.figure}', key, SUM(n) FROM (
    SELECT ${key} AS key, ${count.adds ?? '1'} AS n FROM ${count.table} ${where}) AS counted GROUP BY key`;
}

/** SQLite has one writer, so the figures themselves are changed. */
function sqliteTriggers(): string[] {
  const add = (count: Count, row: 'OLD.' | 'NEW.'): string => {
    const sign = row === 'OLD.' ? '-' : '';
    const status = count.onlyStatus ? `AND ${row}status = '${count.onlyStatus}'` : '';
    return `INSERT INTO figures SELECT '${count.figure}', ${keyOf(count, KEY_MAKER.sqlite, row)}, n
      FROM (SELECT ${sign}${addsOf(count, row)} AS n) WHERE n <> 0 ${status} ON CONFLICT (figure, key) DO UPDATE SET n = n + excluded.n;`;
  };
  const counting = COUNTS.flatMap((count) => {
    const { figure, table } = count;
    const columns = columnsOf(count);
    return [
      `CREATE TRIGGER "figure_${figure}_added" AFTER INSERT ON "${table}" BEGIN ${add(count, 'NEW.')} END`,
      `CREATE TRIGGER "figure_${figure}_removed" AFTER DELETE ON "${table}" BEGIN ${add(count, 'OLD.')} END`,
      ...(columns.length > 0
        ? [
            `CREATE TRIGGER "figure_${figure}_changed" AFTER UPDATE OF ${columns.join(', ')} ON "${table}" WHEN ${differs(columns)}
             BEGIN ${add(count, 'OLD.')} ${add(count, 'NEW.')} END`,
          ]
        : []),
    ];
  });
  const mark = (row: string) => `INSERT INTO changed_leads (lead_id) VALUES (${row}lead_id);`;
  const marking = LEADS_CHANGED_BY.flatMap(({ table, columns }) => [
    `CREATE TRIGGER "lead_of_${table}_added" AFTER INSERT ON "${table}" BEGIN ${mark('NEW.')} END`,
    `CREATE TRIGGER "lead_of_${table}_removed" AFTER DELETE ON "${table}" BEGIN ${mark('OLD.')} END`,
    `CREATE TRIGGER "lead_of_${table}_changed" AFTER UPDATE OF ${columns.join(', ')} ON "${table}" WHEN ${differs(columns)}
     BEGIN ${mark('OLD.')} ${mark('NEW.')} END`,
  ]);
  return [...counting, ...marking];
}

/** On PostgreSQL units run side by side: each notes its changes, which are added to the figures later. */
function postgresTriggers(): string[] {
  // an id is used again after two thousand million, when the row that had it is long gone
  const sequences = ['figure_changes', 'changed_leads'].map(
    (table) => `CREATE SEQUENCE ${table}_numbers MAXVALUE 2147483647 CYCLE OWNED BY ${table}.change_id`,
  );
  const counting = COUNTS.flatMap((count) => {
    const { figure, table } = count;
    const columns = columnsOf(count);
    const add = (row: 'OLD.' | 'NEW.'): string => {
      const status = count.onlyStatus ? `WHERE ${row}status = '${count.onlyStatus}'` : '';
      return `INSERT INTO figure_changes SELECT nextval('figure_changes_numbers'), '${figure}', ${keyOf(count, KEY_MAKER.postgres, row)},
        ${row === 'OLD.' ? '-' : ''}${addsOf(count, row)} ${status};`;
    };
    return triggersOf(`figure_${figure}`, table, columns, add);
  });
  const marking = LEADS_CHANGED_BY.flatMap(({ table, columns }) =>
    triggersOf(
      `lead_of_${table}`,
      table,
      columns,
      (row) => `INSERT INTO changed_leads VALUES (nextval('changed_leads_numbers'), ${row}lead_id);`,
    ),
  );
  return [...sequences, ...counting, ...marking];
}

function triggersOf(
  name: string,
  table: string,
  columns: readonly string[],
  note: (row: 'OLD.' | 'NEW.') => string,
): string[] {
  return [
    `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF TG_OP <> 'INSERT' THEN ${note('OLD.')} END IF;
       IF TG_OP <> 'DELETE' THEN ${note('NEW.')} END IF;
       RETURN NULL;
     END $$`,
    `CREATE TRIGGER "${name}" AFTER INSERT OR DELETE ON "${table}" FOR EACH ROW EXECUTE FUNCTION ${name}()`,
    ...(columns.length > 0
      ? [
          `CREATE TRIGGER "${name}_changed" AFTER UPDATE OF ${columns.join(', ')} ON "${table}"
           FOR EACH ROW WHEN (${differs(columns)}) EXECUTE FUNCTION ${name}()`,
        ]
      : []),
  ];
}
