import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Reader, Unit } from '../database/index.js';
import { type AgentDecision, type FactList, factsUsed } from './agent-decision.js';
import { unpacked } from './decision-packing.js';
import { DecisionPart } from './decision-part.entity.js';
import type { Decision } from './decision.entity.js';

type Facts = Readonly<Record<string, unknown>>;
type Stored = Pick<Decision, 'inputs' | 'facts' | 'outcome' | 'reasons' | 'parts' | 'packed'>;

/** Under this name among a decision's parts are its `fact_lists`; no field of `inputs.facts` is called so. */
const LISTS = '$lists';
/** Set where the outcome holds the decision's reasons once more. */
const REASONS = '$reasons';
/** Less than this is not worth a row of its own. */
const SHORTEST = 80;
const MOST_REMEMBERED = 2_000;
const HASH_BYTES = 16;
const DAY_MS = 86_400_000;

interface Part {
  readonly hash: string;
  readonly content: unknown;
}

/**
 * Keeps what decisions have in common (playbooks, rates, variants) once by the hash of its content, and puts it back
 * when one is read. A row names its parts by field, beside the inputs: what a lead said stands in the inputs, and
 * must not be able to name one.
 */
@Injectable()
export class DecisionParts {
  /** Hashes by object: the leads of one situation are given the same one. */
  private readonly known = new WeakMap<object, Part | null>();
  /** The day on which a part was written last, by its hash. */
  private readonly written = new LRUCache<string, string>({ max: MOST_REMEMBERED });
  private readonly contents = new LRUCache<string, { content: unknown }>({ max: MOST_REMEMBERED });

  /** Writes the parts of the decisions that are not stored yet. @returns what stands in the rows, in their order */
  async store(unit: Unit, decisions: readonly AgentDecision[], now: string): Promise<Stored[]> {
    const used = new Map<string, unknown>();
    const stored = decisions.map((decision) => this.split(decision, used));
    const today = now.slice(0, 10);
    const due = [...used].filter(([hash]) => this.written.get(hash) !== today);
    if (due.length > 0) {
      // in one order everywhere, so that two units never wait for each other
      due.sort(([a], [b]) => (a < b ? -1 : 1));
      await unit
        .of(DecisionPart)
        .upsert(due.map(([part_hash, content]) => ({ part_hash, content, last_used_on: today })));
      unit.afterCommit(() => due.forEach(([hash]) => this.written.set(hash, today)));
    }
    return stored;
  }

  /** The decisions as they were handed over, with their parts in place. */
  async resolve<T extends Stored>(reader: Reader, stored: readonly T[]): Promise<T[]> {
    const rows = stored.map(unpacked);
    const hashes = new Set(rows.flatMap(({ parts }) => Object.values(parts ?? {}).filter(Boolean)));
    const found = new Map<string, unknown>();
    for (const hash of hashes) {
      const known = this.contents.get(hash);
      if (known) found.set(hash, known.content);
    }
    const missing = [...hashes].filter((hash) => !found.has(hash));
    if (missing.length > 0) {
      for (const { part_hash, content } of await reader.of(DecisionPart).find({ part_hash: missing })) {
        found.set(part_hash, content);
        this.contents.set(part_hash, { content });
      }
    }
    return rows.map((row) => (row.parts === null ? row : { ...row, ...joined(row, found) }));
  }

  /**
   * Deletes the parts that no decision names: those used last before the oldest decision was made. One that was used
   * yesterday or today stays, for a unit that is open may name it.
   */
  async prune(unit: Unit, now: string): Promise<number> {
    const yesterday = new Date(Date.parse(now) - DAY_MS).toISOString().slice(0, 10);
    return unit.execute(
      `DELETE FROM decision_parts WHERE last_used_on < ?
         AND last_used_on < COALESCE((SELECT SUBSTR(MIN(created_at), 1, 10) FROM decisions), ?)`,
      [yesterday, yesterday],
    );
  }

  private split(decision: AgentDecision, used: Map<string, unknown>): Stored {
    const { inputs, facts, fact_lists: lists = [], shared = [], reasons } = decision;
    const parts: Record<string, string> = {};
    const take = (name: string, content: unknown): boolean => {
      const part = this.partOf(content);
      if (part) {
        parts[name] = part.hash;
        used.set(part.hash, part.content);
      }
      return part !== null;
    };
    const given = (inputs as { facts?: Facts } | null)?.facts;
    const own: Record<string, unknown> = { ...given };
    for (const field of shared) if (take(field, own[field])) own[field] = null;
    const listsAreKept = take(LISTS, lists);
    let outcome = decision.outcome as { reasons?: unknown } | null;
    if (outcome?.reasons === reasons) {
      parts[REASONS] = '';
      outcome = { ...outcome, reasons: null };
    }
    return {
      inputs: given ? { ...(inputs as object), facts: own } : inputs,
      facts: listsAreKept ? facts : factsUsed(decision),
      outcome,
      reasons,
      parts: Object.keys(parts).length > 0 ? parts : null,
    };
  }

  private partOf(content: unknown): Part | null {
    if (typeof content !== 'object' || content === null) return null;
    let part = this.known.get(content);
    if (part === undefined) {
      const text = JSON.stringify(content);
      part = text.length < SHORTEST ? null : { hash: hashOf(text), content };
      this.known.set(content, part);
    }
    return part;
  }
}

/** The fields keep their places, for a policy may go through them in order. */
function joined(row: Stored, found: ReadonlyMap<string, unknown>): Pick<Stored, 'inputs' | 'facts' | 'outcome'> {
  const { [LISTS]: lists, [REASONS]: hasReasons, ...fields } = row.parts!;
  let inputs = row.inputs;
  if (Object.keys(fields).length > 0) {
    const given: Record<string, unknown> = { ...(inputs as { facts: Facts }).facts };
    for (const [field, hash] of Object.entries(fields)) given[field] = found.get(hash) ?? null;
    inputs = { ...(inputs as object), facts: given };
  }
  const fact_lists = lists === undefined ? [] : ((found.get(lists) ?? []) as FactList[]);
  return {
    inputs,
    facts: factsUsed({ inputs, facts: row.facts, fact_lists }),
    outcome: hasReasons === undefined ? row.outcome : { ...(row.outcome as object), reasons: row.reasons },
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, HASH_BYTES).toString('base64url');
}
