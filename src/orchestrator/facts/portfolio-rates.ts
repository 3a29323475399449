import { Injectable } from '@nestjs/common';
import type { BaseRates, ConversionCount, Trials } from '../../agents/core/index.js';
import { Database, fromMicros, sumMicrosSql } from '../../database/index.js';
import { GOOD_OUTCOMES, sqlWords } from '../../vocabulary/index.js';

const MIN_AGE_MS = 5_000;
/** What is costly to count is counted less often: at most this share of the time goes into it. */
const COST_SHARE = 0.02;
/** A server that was idle for longer does not answer by what it knew before. */
const MAX_OVERDUE_MS = 60_000;
const HISTORY_AFTER_MS = 2 * 86_400_000;

export interface PortfolioRates {
  /** Latest interaction of any lead. */
  readonly observedUntil: string | null;
  readonly overall: ConversionCount;
  /** Mean worth of a conversion; 0 before the first. */
  readonly meanConversionUsd: number;
  readonly bySource: ReadonlyMap<string, ConversionCount>;
  readonly byIndustry: ReadonlyMap<string, ConversionCount>;
  readonly byCompanySize: ReadonlyMap<string, ConversionCount>;
  /** Distinct leads that met the thing, and those that answered well. */
  readonly byVariant: ReadonlyMap<string, Trials>;
  readonly byChannel: Readonly<Record<string, Trials>>;
  readonly byPersonaAndChannel: ReadonlyMap<string, Readonly<Record<string, Trials>>>;
}

export const ANSWERED_WELL = `outcome IN ${sqlWords(GOOD_OUTCOMES)}`;

/**
 * How leads, channels and variants have done over the whole history. Counting takes a pass over the tables, so it
 * happens beside the main thread, and the answer is kept for some seconds, or longer where counting is slow.
 */
@Injectable()
export class PortfolioRatesReader {
  private kept: Promise<PortfolioRates> | undefined;
  private validUntil = 0;
  /** The number of the count that is under way or was the last: an older one that ends later is not taken. */
  private latest = 0;
  private isCounting = false;

  constructor(private readonly database: Database) {}

  /** The last answer while it is fresh or a new one is being counted; one that is too old is waited for. */
  current(): Promise<PortfolioRates> {
    const age = performance.now() - this.validUntil;
    if (age > MAX_OVERDUE_MS && !this.isCounting) this.forget();
    if (!this.kept || (age > 0 && !this.isCounting)) this.refresh();
    return this.kept!;
  }

  /** Has the next question wait for a fresh count. */
  forget(): void {
    this.kept = undefined;
  }

  private refresh(): void {
    const number = ++this.latest;
    const started = performance.now();
    const before = this.kept;
    this.isCounting = true;
    // of what is committed, for whoever asks next: also where the first to ask is inside a unit
    const counted = this.database.scope.leave(() => this.count());
    this.kept ??= counted;
    const ended = (kept: Promise<PortfolioRates> | undefined, validForMs: number): void => {
      if (number !== this.latest) return;
      this.isCounting = false;
      this.kept = kept;
      this.validUntil = performance.now() + validForMs;
    };
    // after a failure the old answer stays, or the next question tries again
    counted.then(
      () => ended(counted, Math.max(MIN_AGE_MS, (performance.now() - started) / COST_SHARE)),
      () => ended(before, 0),
    );
  }

  private async count(): Promise<PortfolioRates> {
    const groups = await this.database.queryAside(
      `SELECT l.source, l.industry, l.company_size, COUNT(*) AS leads, COUNT(c.lead_id) AS converted
       FROM leads l LEFT JOIN (SELECT DISTINCT lead_id FROM conversions) c ON c.lead_id = l.lead_id
       GROUP BY l.source, l.industry, l.company_size`,
    );
    const overall = { leads: 0, converted: 0 };
    const bySource = new Map<string, ConversionCount>();
    const byIndustry = new Map<string, ConversionCount>();
    const byCompanySize = new Map<string, ConversionCount>();
    for (const group of groups) {
      const count = { leads: Number(group.leads), converted: Number(group.converted) };
      overall.leads += count.leads;
      overall.converted += count.converted;
      add(bySource, group.source, count);
      add(byIndustry, group.industry, count);
      add(byCompanySize, group.company_size, count);
    }
    const [latest] = await this.database.queryAside('SELECT MAX(timestamp) AS at FROM interactions');
    const [worth] = await this.database.queryAside(
      `SELECT COUNT(*) AS n, ${sumMicrosSql('conversion_value_usd')} AS micros FROM conversions`,
    );
    const variants = await this.database.queryAside(
      `SELECT variant_id, ${trialsSql('lead_id')} FROM interactions WHERE variant_id IS NOT NULL GROUP BY variant_id`,
    );
    const channels = await this.database.queryAside(
      `SELECT l.persona, i.channel, ${trialsSql('i.lead_id')} FROM interactions i JOIN leads l ON l.lead_id = i.lead_id GROUP BY l.persona, i.channel`,
    );
    return {
      observedUntil: (latest?.at as string | null) ?? null,
      overall,
      meanConversionUsd: Number(worth!.n) === 0 ? 0 : fromMicros(Number(worth!.micros)) / Number(worth!.n),
      bySource,
      byIndustry,
      byCompanySize,
      byVariant: new Map(variants.map((row) => [String(row.variant_id), trials(row)])),
      ...channelRates(channels),
    };
  }
}

/** SQL for the columns `trials` and `successes`: distinct leads, and those of them that answered well. */
export function trialsSql(lead: string): string {
  return `COUNT(DISTINCT ${lead}) AS trials, COUNT(DISTINCT CASE WHEN ${ANSWERED_WELL} THEN ${lead} END) AS successes`;
}

export function trials(row: Record<string, unknown>): Trials {
  return { trials: Number(row.trials), successes: Number(row.successes) };
}

export function baseRatesFor(
  rates: PortfolioRates,
  lead: { source: string | null; industry: string | null; company_size: string | null },
): BaseRates | null {
  if (rates.overall.leads === 0) return null;
  const of = (map: ReadonlyMap<string, ConversionCount>, key: string | null) =>
    key === null ? null : (map.get(key) ?? null);
  return {
    overall: rates.overall,
    source: of(rates.bySource, lead.source),
    industry: of(rates.byIndustry, lead.industry),
    company_size: of(rates.byCompanySize, lead.company_size),
  };
}

/**
 * The moment that memory's time to live is held against. Where the last interaction is days old the data is a history
 * that was imported: what was remembered at its end still counts, as it did for the people who worked then.
 */
export function rememberedAt({ observedUntil }: PortfolioRates, now: string): string {
  return observedUntil !== null && Date.parse(now) - Date.parse(observedUntil) > HISTORY_AFTER_MS ? observedUntil : now;
}

function add(map: Map<string, ConversionCount>, key: unknown, { leads, converted }: ConversionCount): void {
  if (key === null) return;
  const before = map.get(String(key)) ?? { leads: 0, converted: 0 };
  map.set(String(key), { leads: before.leads + leads, converted: before.converted + converted });
}

function channelRates(rows: Record<string, unknown>[]): Pick<PortfolioRates, 'byChannel' | 'byPersonaAndChannel'> {
  const byChannel: Record<string, Trials> = {};
  const byPersona = new Map<string, Record<string, Trials>>();
  for (const row of rows) {
    const channel = String(row.channel);
    const count = trials(row);
    // a lead has one persona, so the distinct leads of the personas add up
    const before = byChannel[channel] ?? { trials: 0, successes: 0 };
    byChannel[channel] = { trials: before.trials + count.trials, successes: before.successes + count.successes };
    if (row.persona === null) continue;
    const own = byPersona.get(String(row.persona)) ?? {};
    own[channel] = count;
    byPersona.set(String(row.persona), own);
  }
  return { byChannel, byPersonaAndChannel: byPersona };
}
