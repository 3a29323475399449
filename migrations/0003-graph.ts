import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Validity, evidence and provenance of triples; neighbours by weight as one index range each way. */
const UP = [
  `ALTER TABLE "semantic_kg_triples" ADD COLUMN "subject_type" varchar`,
  `ALTER TABLE "semantic_kg_triples" ADD COLUMN "object_type" varchar`,
  `ALTER TABLE "semantic_kg_triples" ADD COLUMN "valid_from" varchar`,
  `ALTER TABLE "semantic_kg_triples" ADD COLUMN "valid_to" varchar`,
  `ALTER TABLE "semantic_kg_triples" ADD COLUMN "recorded_at" varchar`,
  `ALTER TABLE "semantic_kg_triples" ADD COLUMN "updated_at" varchar`,
  `ALTER TABLE "semantic_kg_triples" ADD COLUMN "stated_weight" double precision`,
  `ALTER TABLE "semantic_kg_triples" ADD COLUMN "evidence_count" integer NOT NULL DEFAULT 1`,
  `DROP INDEX "idx_semantic_kg_triples_object"`,
  `DROP INDEX "idx_semantic_kg_triples_subject"`,
  `CREATE INDEX "idx_semantic_kg_triples_out" ON "semantic_kg_triples" ("subject", "valid_to", "weight", "triple_id", "object", "valid_from")`,
  `CREATE INDEX "idx_semantic_kg_triples_in" ON "semantic_kg_triples" ("object", "valid_to", "weight", "triple_id", "subject", "valid_from")`,
  `CREATE INDEX "idx_semantic_kg_triples_predicate" ON "semantic_kg_triples" ("predicate", "valid_to", "weight", "triple_id")`,
  `CREATE INDEX "idx_semantic_kg_triples_statement" ON "semantic_kg_triples" ("subject", "object", "predicate")`,
  `CREATE INDEX "idx_semantic_kg_triples_ending" ON "semantic_kg_triples" ("valid_to") WHERE "valid_to" IS NOT NULL`,
  `CREATE TABLE "semantic_kg_provenance" (
    "triple_id" varchar NOT NULL,
    "kind" varchar NOT NULL,
    "ref_id" varchar NOT NULL,
    "lead_id" varchar,
    "weight" double precision NOT NULL,
    "recorded_at" varchar NOT NULL,
    PRIMARY KEY ("triple_id", "kind", "ref_id")
  )`,
  `CREATE INDEX "idx_semantic_kg_provenance_lead" ON "semantic_kg_provenance" ("lead_id")`,
];

const DOWN = [
  `DROP TABLE "semantic_kg_provenance"`,
  ...['out', 'in', 'predicate', 'statement', 'ending'].map((name) => `DROP INDEX "idx_semantic_kg_triples_${name}"`),
  `CREATE INDEX "idx_semantic_kg_triples_object" ON "semantic_kg_triples" ("object")`,
  `CREATE INDEX "idx_semantic_kg_triples_subject" ON "semantic_kg_triples" ("subject", "predicate")`,
  ...[
    'evidence_count',
    'stated_weight',
    'updated_at',
    'recorded_at',
    'valid_to',
    'valid_from',
    'object_type',
    'subject_type',
  ].map((name) => `ALTER TABLE "semantic_kg_triples" DROP COLUMN "${name}"`),
];

export class Graph1795100000003 implements MigrationInterface {
  name = 'Graph1795100000003';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
