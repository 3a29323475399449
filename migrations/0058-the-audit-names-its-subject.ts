import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Operations that take or give a secret, as of that day. */
const SECRET = [
  'user.create',
  'user.update',
  'auth.password',
  'auth.login',
  'api_key.create',
  'suppression.unsubscribe',
];
const WITHHELD = { withheld: 'it held a secret' };

interface AskedRow {
  approval_id: string;
  status: string;
  effect: unknown;
}

/** Audit rows say what they are about, and secrets leave the approvals that were asked for with them. */
export class TheAuditNamesItsSubject1795100000058 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "audit_log" ADD COLUMN "subject_kind" varchar');
    await runner.query('ALTER TABLE "audit_log" ADD COLUMN "subject_id" varchar');
    await runner.query(
      'CREATE INDEX "idx_audit_log_subject" ON "audit_log" ("subject_id", "at") WHERE "subject_id" IS NOT NULL',
    );
    await withholdSecrets(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX "idx_audit_log_subject"');
    await runner.query('ALTER TABLE "audit_log" DROP COLUMN "subject_id"');
    await runner.query('ALTER TABLE "audit_log" DROP COLUMN "subject_kind"');
  }
}

/** What still waits lapses: its effect is not the one that was asked for any more. */
async function withholdSecrets(runner: QueryRunner): Promise<void> {
  const isPostgres = runner.connection.options.type === 'postgres';
  const mark = (number: number): string => (isPostgres ? `$${number}` : '?');
  const rows = (await runner.query(
    `SELECT approval_id, status, effect FROM approvals WHERE kind = 'operation.call'`,
  )) as AskedRow[];
  for (const { approval_id, status, effect: stored } of rows) {
    const effect = (typeof stored === 'string' ? JSON.parse(stored) : stored) as Record<string, unknown>;
    if (!SECRET.includes(String(effect.operation))) continue;
    const title = `${String(effect.operation)}: withheld, for it held a secret`;
    const withheld = JSON.stringify(WITHHELD);
    await runner.query(
      `UPDATE approvals SET title = ${mark(1)}, effect = ${mark(2)}, blast_radius = ${mark(3)}, result = NULL, status = ${mark(4)},
         sort_key = NULL, closed_reason = COALESCE(closed_reason, ${mark(5)}) WHERE approval_id = ${mark(6)}`,
      [
        title,
        JSON.stringify({ ...effect, input: WITHHELD }),
        withheld,
        status === 'pending' ? 'lapsed' : status,
        'it held a secret, and such calls cannot be requested',
        approval_id,
      ],
    );
  }
}
