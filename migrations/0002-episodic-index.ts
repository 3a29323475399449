import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What similarity search, merging and erasure need to know of an episode, beside the table of the data set. */
const TABLES = [
  `CREATE TABLE "memory_episodic_index" (
    "doc_id" integer NOT NULL,
    "episode_id" varchar NOT NULL,
    "merge_key" varchar NOT NULL,
    "model" varchar NOT NULL,
    "dimensions" integer NOT NULL,
    "embedding" text,
    "occurrences" integer NOT NULL,
    "first_seen_at" varchar NOT NULL,
    "last_seen_at" varchar NOT NULL,
    "source" varchar NOT NULL,
    "changed" bigint NOT NULL,
    PRIMARY KEY ("doc_id")
  )`,
  `CREATE UNIQUE INDEX "idx_memory_episodic_index_episode" ON "memory_episodic_index" ("episode_id")`,
  `CREATE INDEX "idx_memory_episodic_index_merge" ON "memory_episodic_index" ("merge_key", "doc_id")`,
  `CREATE INDEX "idx_memory_episodic_index_changed" ON "memory_episodic_index" ("changed")`,
  `CREATE INDEX "idx_memory_episodic_index_repeated" ON "memory_episodic_index" ("occurrences", "last_seen_at") WHERE "occurrences" > 1`,
  `CREATE TABLE "memory_episodic_tellings" (
    "telling_id" varchar NOT NULL,
    "episode_id" varchar NOT NULL,
    "lead_id" varchar,
    "outcome_score" double precision NOT NULL,
    "gave_text" boolean NOT NULL,
    "told_at" varchar NOT NULL,
    PRIMARY KEY ("telling_id")
  )`,
  `CREATE INDEX "idx_memory_episodic_tellings_episode" ON "memory_episodic_tellings" ("episode_id")`,
  `CREATE INDEX "idx_memory_episodic_tellings_lead" ON "memory_episodic_tellings" ("lead_id")`,
  `CREATE TABLE "memory_episodic_pending" ("episode_id" varchar NOT NULL, PRIMARY KEY ("episode_id"))`,
  `INSERT INTO "memory_episodic_pending" SELECT "episode_id" FROM "memory_episodic"`,
  `DROP INDEX "idx_memory_episodic_scenario"`,
  `CREATE INDEX "idx_memory_episodic_scenario" ON "memory_episodic" ("scenario", "outcome_score")`,
  `CREATE INDEX "idx_memory_episodic_outcome" ON "memory_episodic" ("outcome_score")`,
];

/**
 * Whoever writes an episode, the index learns of it: new and changed rows wait in the pending table, deleted ones
 * leave no text behind.
 */
const ON_SQLITE = [
  `CREATE VIRTUAL TABLE "memory_episodic_fts" USING fts5(words, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0")`,
  `CREATE TRIGGER "memory_episodic_inserted" AFTER INSERT ON "memory_episodic"
   WHEN NOT EXISTS (SELECT 1 FROM "memory_episodic_index" WHERE "episode_id" = new."episode_id") BEGIN
     INSERT INTO "memory_episodic_pending" SELECT new."episode_id"
       WHERE NOT EXISTS (SELECT 1 FROM "memory_episodic_pending" WHERE "episode_id" = new."episode_id");
   END`,
  `CREATE TRIGGER "memory_episodic_updated" AFTER UPDATE ON "memory_episodic" BEGIN
     INSERT INTO "memory_episodic_pending" SELECT new."episode_id"
       WHERE NOT EXISTS (SELECT 1 FROM "memory_episodic_pending" WHERE "episode_id" = new."episode_id");
   END`,
  `CREATE TRIGGER "memory_episodic_deleted" AFTER DELETE ON "memory_episodic" BEGIN
     DELETE FROM "memory_episodic_fts" WHERE rowid = (SELECT "doc_id" FROM "memory_episodic_index" WHERE "episode_id" = old."episode_id");
     DELETE FROM "memory_episodic_pending" WHERE "episode_id" = old."episode_id";
     DELETE FROM "memory_episodic_tellings" WHERE "episode_id" = old."episode_id";
     UPDATE "memory_episodic_index" SET "episode_id" = 'gone:' || "doc_id", "merge_key" = '', "embedding" = NULL, "occurrences" = 0, "source" = '',
       "changed" = 1 + (SELECT MAX("changed") FROM "memory_episodic_index") WHERE "episode_id" = old."episode_id";
   END`,
];
const ON_POSTGRES = [
  `CREATE SEQUENCE "memory_episodic_doc_id" AS integer`,
  `CREATE TABLE "memory_episodic_fts" ("doc_id" integer NOT NULL, "words" tsvector NOT NULL, PRIMARY KEY ("doc_id"))`,
  `CREATE INDEX "idx_memory_episodic_fts_words" ON "memory_episodic_fts" USING gin ("words") WITH (gin_pending_list_limit = 256)`,
  `CREATE FUNCTION memory_episodic_written() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     IF TG_OP = 'UPDATE' OR NOT EXISTS (SELECT 1 FROM memory_episodic_index WHERE episode_id = NEW.episode_id) THEN
       INSERT INTO memory_episodic_pending VALUES (NEW.episode_id) ON CONFLICT DO NOTHING;
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION memory_episodic_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     DELETE FROM memory_episodic_fts WHERE doc_id = (SELECT doc_id FROM memory_episodic_index WHERE episode_id = OLD.episode_id);
     DELETE FROM memory_episodic_pending WHERE episode_id = OLD.episode_id;
     DELETE FROM memory_episodic_tellings WHERE episode_id = OLD.episode_id;
     UPDATE memory_episodic_index SET episode_id = 'gone:' || doc_id, merge_key = '', embedding = NULL, occurrences = 0, source = '',
       changed = pg_current_xact_id()::text::bigint WHERE episode_id = OLD.episode_id;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER memory_episodic_written AFTER INSERT OR UPDATE ON memory_episodic FOR EACH ROW EXECUTE FUNCTION memory_episodic_written()`,
  `CREATE TRIGGER memory_episodic_deleted AFTER DELETE ON memory_episodic FOR EACH ROW EXECUTE FUNCTION memory_episodic_gone()`,
];

const TABLES_GONE = [
  `DROP TABLE "memory_episodic_fts"`,
  `DROP TABLE "memory_episodic_pending"`,
  `DROP TABLE "memory_episodic_tellings"`,
  `DROP TABLE "memory_episodic_index"`,
  `DROP INDEX "idx_memory_episodic_outcome"`,
  `DROP INDEX "idx_memory_episodic_scenario"`,
  `CREATE INDEX "idx_memory_episodic_scenario" ON "memory_episodic" ("scenario")`,
];
const GONE_ON_SQLITE = ['inserted', 'updated', 'deleted'].map((event) => `DROP TRIGGER "memory_episodic_${event}"`);
const GONE_ON_POSTGRES = [
  `DROP TRIGGER memory_episodic_written ON memory_episodic`,
  `DROP TRIGGER memory_episodic_deleted ON memory_episodic`,
  `DROP FUNCTION memory_episodic_written()`,
  `DROP FUNCTION memory_episodic_gone()`,
  `DROP SEQUENCE "memory_episodic_doc_id"`,
];

export class EpisodicIndex1795100000002 implements MigrationInterface {
  name = 'EpisodicIndex1795100000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...(isPostgres(runner) ? ON_POSTGRES : ON_SQLITE)])
      await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of [...(isPostgres(runner) ? GONE_ON_POSTGRES : GONE_ON_SQLITE), ...TABLES_GONE])
      await runner.query(statement);
  }
}

function isPostgres(runner: QueryRunner): boolean {
  return runner.connection.options.type === 'postgres';
}
