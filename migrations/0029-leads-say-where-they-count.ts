import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Where the figures count a lead stands in the lead's own row. When the row goes, a trigger keeps that until the lead
 * is counted out.
 */
export class LeadsSayWhereTheyCount1795100000029 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const isPostgres = runner.connection.options.type === 'postgres';
    await runner.query('ALTER TABLE "leads" ADD COLUMN "counted" text');
    await runner.query(
      'UPDATE leads SET counted = (SELECT CAST(f.counted AS text) FROM lead_figures f WHERE f.lead_id = leads.lead_id)',
    );
    await runner.query('DELETE FROM lead_figures WHERE lead_id IN (SELECT lead_id FROM leads)');
    for (const statement of isPostgres ? onPostgres(KEEPING_ON_POSTGRES) : onSqlite(KEEPING_ON_SQLITE))
      await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const isPostgres = runner.connection.options.type === 'postgres';
    for (const statement of isPostgres ? onPostgres('') : onSqlite('')) await runner.query(statement);
    const counted = isPostgres ? 'counted::json' : 'counted';
    await runner.query(
      `INSERT INTO lead_figures SELECT lead_id, ${counted} FROM leads WHERE counted IS NOT NULL
       ON CONFLICT (lead_id) DO UPDATE SET counted = excluded.counted`,
    );
    await runner.query('ALTER TABLE "leads" DROP COLUMN "counted"');
  }
}

const KEEPING_ON_SQLITE = `INSERT INTO lead_figures SELECT OLD.lead_id, OLD.counted WHERE OLD.counted IS NOT NULL
  ON CONFLICT (lead_id) DO UPDATE SET counted = excluded.counted;`;
const KEEPING_ON_POSTGRES = `IF TG_OP = 'DELETE' THEN
    INSERT INTO lead_figures SELECT lead_id, counted::json FROM touched WHERE counted IS NOT NULL
    ON CONFLICT (lead_id) DO UPDATE SET counted = excluded.counted;
  END IF;`;

const onSqlite = (keeping: string): string[] => [
  'DROP TRIGGER "lead_of_leads_removed"',
  `CREATE TRIGGER "lead_of_leads_removed" AFTER DELETE ON "leads" BEGIN
     ${keeping} INSERT INTO changed_leads (lead_id) VALUES (OLD.lead_id); END`,
];

const onPostgres = (keeping: string): string[] => [
  `CREATE OR REPLACE FUNCTION lead_of_leads_rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${keeping}
     INSERT INTO changed_leads SELECT nextval('changed_leads_numbers'), lead_id FROM (SELECT DISTINCT lead_id FROM touched) AS leads;
     RETURN NULL; END $$`,
];
