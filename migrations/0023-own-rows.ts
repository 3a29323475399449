import { inflateRawSync } from 'node:zlib';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { PACKING_DICTIONARY } from '../src/decisions/packing-dictionary.js';

/** Tables whose text may name a lead: an indexed column says which, so that erasure looks it up. */
const NAMING = [
  ['outbox', 'outbox_lead'],
  ['idempotency_keys', 'idx_idempotency_keys_lead'],
  ['call_tasks', 'idx_call_tasks_lead'],
  ['a2a_tasks', 'idx_a2a_tasks_lead'],
  ['mcp_jsonrpc_calls', 'idx_mcp_jsonrpc_calls_lead'],
  ['mcp_resource_access', 'idx_mcp_resource_access_lead'],
] as const;
/** Of those, the ones whose text is looked through where it may name several: so is what is there already. */
const LOOKED_THROUGH = new Set<string>(['idempotency_keys', 'call_tasks', 'a2a_tasks']);

/** What the audit row of a REST call says of its request. */
const AUDITED = ['"http_method" varchar', '"status_code" integer', '"bytes_in" integer', '"bytes_out" integer'];
/** All requests: those with a row of their own, and those of audited calls (once, where an export was imported again). */
const HTTP_REQUESTS = `CREATE VIEW "http_requests" AS
  SELECT "entry_id", "request_id", "timestamp", "method", "status_code", "bytes_in", "bytes_out" FROM "transport_http_requests"
  UNION ALL
  SELECT a."audit_id", a."request_id", a."at", a."http_method", a."status_code", a."bytes_in", a."bytes_out" FROM "audit_log" a
  WHERE a."http_method" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "transport_http_requests" t WHERE t."entry_id" = a."audit_id")`;

export class OwnRows1795100000023 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, index] of NAMING) {
      await runner.query(`ALTER TABLE "${table}" ADD COLUMN "lead_id" varchar`);
      if (LOOKED_THROUGH.has(table)) await runner.query(`UPDATE "${table}" SET "lead_id" = '*'`);
      await runner.query(`CREATE INDEX "${index}" ON "${table}" ("lead_id") WHERE "lead_id" IS NOT NULL`);
    }
    await runner.query('CREATE INDEX "suppressions_lead" ON "suppressions" ("lead_id") WHERE "lead_id" IS NOT NULL');
    await runner.query(
      `ALTER TABLE "memory_observed_events" ADD COLUMN "counted_on" varchar NOT NULL DEFAULT '2026-01-01'`,
    );
    await runner.query('ALTER TABLE "decisions" ADD COLUMN "packed" text');
    for (const column of AUDITED) await runner.query(`ALTER TABLE "audit_log" ADD COLUMN ${column}`);
    await runner.query(`ALTER TABLE "mcp_resource_access" ADD COLUMN "times" integer NOT NULL DEFAULT 1`);
    await runner.query(HTTP_REQUESTS);
    const isPostgres = runner.connection.options.type === 'postgres';
    const leadOf = isPostgres ? `("payload"->>'lead_id')` : `json_extract("payload", '$.lead_id')`;
    for (const [table, uri] of [
      ['mcp_jsonrpc_calls', 'target_resource'],
      ['mcp_resource_access', 'resource_uri'],
    ])
      await runner.query(`UPDATE "${table}" SET "lead_id" = substr("${uri}", 12) WHERE "${uri}" LIKE 'db://leads/%'`);
    await runner.query(`UPDATE "outbox" SET "lead_id" = ${leadOf} WHERE "status" <> 'done'`);
    await runner.query(`DELETE FROM "outbox" WHERE "status" = 'done' AND ${leadOf} IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP VIEW "http_requests"');
    for (const column of AUDITED)
      await runner.query(`ALTER TABLE "audit_log" DROP COLUMN ${column.slice(0, column.indexOf(' '))}`);
    await runner.query('ALTER TABLE "mcp_resource_access" DROP COLUMN "times"');
    await unpackDecisions(runner);
    await runner.query('ALTER TABLE "decisions" DROP COLUMN "packed"');
    await runner.query('DROP INDEX "suppressions_lead"');
    await runner.query('ALTER TABLE "memory_observed_events" DROP COLUMN "counted_on"');
    for (const [table, index] of NAMING) {
      await runner.query(`DROP INDEX "${index}"`);
      await runner.query(`ALTER TABLE "${table}" DROP COLUMN "lead_id"`);
    }
  }
}

const UNPACKED_AT_ONCE = 200;

/** The older server knows decisions in columns only. */
async function unpackDecisions(runner: QueryRunner): Promise<void> {
  const marks = runner.connection.options.type === 'postgres' ? ['$1', '$2', '$3', '$4', '$5', '$6', '$7'] : '???????';
  const update = `UPDATE decisions SET packed = NULL, inputs = ${marks[0]}, facts = ${marks[1]}, alternatives = ${marks[2]},
    outcome = ${marks[3]}, reasons = ${marks[4]}, expected_effect = ${marks[5]} WHERE decision_id = ${marks[6]}`;
  const dictionary = Buffer.from(PACKING_DICTIONARY);
  for (;;) {
    const rows = (await runner.query(
      `SELECT decision_id, packed FROM decisions WHERE packed IS NOT NULL LIMIT ${UNPACKED_AT_ONCE}`,
    )) as { decision_id: string; packed: string }[];
    if (rows.length === 0) return;
    for (const { decision_id, packed } of rows) {
      const text = inflateRawSync(Buffer.from(packed.slice(2), 'base64url'), { dictionary }).toString();
      const columns = (JSON.parse(text) as unknown[]).map((each, index) =>
        // only the expected effect may be missing
        each === null && index === 5 ? null : JSON.stringify(each),
      );
      await runner.query(update, [...columns, decision_id]);
    }
  }
}
