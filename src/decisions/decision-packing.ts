import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deflateRaw, inflateRawSync } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { Database, IN_BACKGROUND, UnitOfWork } from '../database/index.js';
import { Every, Job, type Settle } from '../queue/index.js';
import type { Decision } from './decision.entity.js';
import { PACKING_DICTIONARY } from './packing-dictionary.js';

const compress = promisify(deflateRaw);
const dictionary = Buffer.from(PACKING_DICTIONARY);
/** Says with which dictionary a row was packed. */
const FIRST = '1:';
/** Decisions of which much is asked are the newest. */
const AFTER_MS = 10_000;
const ROWS_AT_ONCE = 100;

type Packed = Pick<Decision, 'inputs' | 'facts' | 'alternatives' | 'outcome' | 'reasons' | 'expected_effect'>;

/** A decision as it was written, whether its row has been packed since or not. */
export function unpacked<T extends { packed?: string | null }>(row: T): T {
  if (!row.packed) return row;
  if (!row.packed.startsWith(FIRST)) throw new Error('this decision was packed by a newer server');
  const text = inflateRawSync(Buffer.from(row.packed.slice(FIRST.length), 'base64url'), { dictionary }).toString();
  const [inputs, facts, alternatives, outcome, reasons, expected_effect] = JSON.parse(text) as [
    unknown,
    Packed['facts'],
    Packed['alternatives'],
    unknown,
    Packed['reasons'],
    Packed['expected_effect'],
  ];
  return { ...row, inputs, facts, alternatives, outcome, reasons, expected_effect } satisfies Packed;
}

/**
 * Decisions about leads are most of what a lead takes, and hardly read again. Once they are written they are packed to
 * a tenth: compressed beside the main thread, against a dictionary of the words that all of them have, and put back in
 * small units. What is listed, counted and updated stays in columns.
 */
@Injectable()
export class DecisionPacking {
  /** Everything made before this is packed; found out anew at a start. */
  private reached = '';

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  @Every('minute', { isUnseen: true })
  @Job('decisions.pack', { concurrency: 1, isOutside: true, forgetsDone: true })
  async packPromised(_job: Job, settle: Settle): Promise<void> {
    await this.pack();
    await settle(() => Promise.resolve());
  }

  /** @returns how many were packed */
  async pack(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - AFTER_MS).toISOString();
    for (let count = 0; ;) {
      const rows = await this.database.queryAside(
        `SELECT decision_id, created_at, CAST(inputs AS text) AS inputs, CAST(facts AS text) AS facts,
           CAST(alternatives AS text) AS alternatives, CAST(outcome AS text) AS outcome, CAST(reasons AS text) AS reasons,
           COALESCE(CAST(expected_effect AS text), 'null') AS effect
         FROM decisions WHERE packed IS NULL AND subject_type = 'lead' AND created_at >= ? AND created_at < ?
         ORDER BY created_at, decision_id LIMIT ${ROWS_AT_ONCE}`,
        [this.reached, before],
      );
      if (rows.length === 0) return count;
      const texts = rows.map(({ inputs, facts, alternatives, outcome, reasons, effect }) => {
        return `[${[inputs, facts, alternatives, outcome, reasons, effect].map(String).join(',')}]`;
      });
      const packed = await Promise.all(texts.map((text) => compress(text, { dictionary })));
      const started = performance.now();
      await this.unitOfWork.run(async (unit) => {
        for (const [index, { decision_id }] of rows.entries())
          await unit.execute(
            `UPDATE decisions SET packed = ?, inputs = 'null', facts = '[]', alternatives = '[]', outcome = 'null', reasons = '[]',
               expected_effect = NULL WHERE decision_id = ? AND packed IS NULL`,
            [FIRST + packed[index]!.toString('base64url'), decision_id],
          );
      }, IN_BACKGROUND);
      count += rows.length;
      this.reached = String(rows.at(-1)!.created_at);
      await pause(performance.now() - started);
    }
  }
}
