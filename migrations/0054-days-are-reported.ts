import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What Herald itself counted of a campaign's day, beside what is reported of it, so that neither keeps the other out. */
export class DaysAreReported1795100000054 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const column of COLUMNS) await runner.query(`ALTER TABLE "campaign_daily" ADD COLUMN ${column}`);
    await runner.query(
      `UPDATE campaign_daily SET own_leads_created = leads_created, own_conversions = conversions, own_revenue_usd = revenue_usd
       WHERE impressions = 0 AND clicks = 0 AND cost_usd = 0`,
    );
    await runner.query(
      `UPDATE campaign_daily SET reported = 'leads_created,conversions,revenue_usd'
       WHERE NOT (impressions = 0 AND clicks = 0 AND cost_usd = 0)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['own_leads_created', 'own_conversions', 'own_revenue_usd', 'reported'])
      await runner.query(`ALTER TABLE "campaign_daily" DROP COLUMN "${name}"`);
  }
}

const COLUMNS = [
  '"own_leads_created" integer NOT NULL DEFAULT 0',
  '"own_conversions" integer NOT NULL DEFAULT 0',
  '"own_revenue_usd" decimal(18,6) NOT NULL DEFAULT 0',
  `"reported" varchar NOT NULL DEFAULT ''`,
];
