import { Injectable } from '@nestjs/common';
import type { BaseRates, ConversionCount } from '../../agents/core/index.js';
import { FigureKeeper, LEAD_FIGURE, PortfolioFigures, type Trials, trialsBy } from '../../crm/index.js';
import { Database, type Reader, type Tally, isUnit } from '../../database/index.js';
import { fromMicros } from '../../money/index.js';

/** Within so short a time they change little, and each triage asks for them. */
const KEPT_MS = 5_000;

export interface PortfolioRates {
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

/** How leads, channels and variants have done over the whole history, from the figures that are kept up. */
@Injectable()
export class PortfolioRatesReader {
  private kept: { readonly rates: PortfolioRates; readonly until: number } | undefined;
  private reading: Promise<PortfolioRates> | undefined;

  constructor(
    private readonly database: Database,
    private readonly figures: PortfolioFigures,
    private readonly keeper: FigureKeeper,
  ) {}

  /**
   * As they stand, or stood some seconds ago. Inside a unit its own reader is given, as whoever is inside must not
   * wait for what others wait for; what it sees of its own is others' only once it is committed.
   */
  async current(reader: Reader = this.database): Promise<PortfolioRates> {
    if (this.kept && this.kept.until > performance.now()) return this.kept.rates;
    if (isUnit(reader)) {
      const rates = await this.read(reader);
      reader.afterCommit(() => this.keep(rates));
      return rates;
    }
    this.reading ??= this.readSettled().finally(() => (this.reading = undefined));
    return this.reading;
  }

  /** Has the next question read anew. */
  forget(): void {
    this.kept = undefined;
  }

  private async readSettled(): Promise<PortfolioRates> {
    // after an import, so that what is decided next has all of it
    if (await this.figures.isBehind(this.database)) await this.keeper.settle();
    const rates = await this.read(this.database);
    this.keep(rates);
    return rates;
  }

  private keep(rates: PortfolioRates): void {
    this.kept = { rates, until: performance.now() + KEPT_MS };
  }

  private async read(reader: Reader): Promise<PortfolioRates> {
    const { group, groupConverted, personaChannel, personaChannelWell, variant, variantWell } = LEAD_FIGURE;
    const figures = await this.figures.read(reader, [
      group,
      groupConverted,
      personaChannel,
      personaChannelWell,
      variant,
      variantWell,
      'conversions',
      'conversion_micros',
    ]);
    const conversions = figures.get('conversions')![0]?.n ?? 0;
    return {
      meanConversionUsd: conversions === 0 ? 0 : fromMicros(figures.get('conversion_micros')![0]?.n ?? 0) / conversions,
      ...conversionCounts(figures.get(group)!, figures.get(groupConverted)!),
      byVariant: new Map(
        trialsBy(figures.get(variant)!, figures.get(variantWell)!).map(({ key, trials }) => [key[0]!, trials]),
      ),
      ...channelRates(trialsBy(figures.get(personaChannel)!, figures.get(personaChannelWell)!)),
    };
  }
}

function conversionCounts(
  leads: readonly Tally[],
  converted: readonly Tally[],
): Pick<PortfolioRates, 'overall' | 'bySource' | 'byIndustry' | 'byCompanySize'> {
  const overall = { leads: 0, converted: 0 };
  const bySource = new Map<string, ConversionCount>();
  const byIndustry = new Map<string, ConversionCount>();
  const byCompanySize = new Map<string, ConversionCount>();
  for (const { key, trials } of trialsBy(leads, converted)) {
    const count = { leads: trials.trials, converted: trials.successes };
    overall.leads += count.leads;
    overall.converted += count.converted;
    [bySource, byIndustry, byCompanySize].forEach((map, index) => add(map, key[index], count));
  }
  return { overall, bySource, byIndustry, byCompanySize };
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

function add(map: Map<string, ConversionCount>, key: string | null | undefined, count: ConversionCount): void {
  if (key === null || key === undefined) return;
  const { leads, converted } = map.get(key) ?? { leads: 0, converted: 0 };
  map.set(key, { leads: leads + count.leads, converted: converted + count.converted });
}

function channelRates(
  rows: readonly { readonly key: Tally['key']; readonly trials: Trials }[],
): Pick<PortfolioRates, 'byChannel' | 'byPersonaAndChannel'> {
  const byChannel: Record<string, Trials> = {};
  const byPersona = new Map<string, Record<string, Trials>>();
  for (const { key, trials } of rows) {
    const [persona, channel] = key as [string | null, string];
    // a lead has one persona, so the distinct leads of the personas add up
    const before = byChannel[channel] ?? { trials: 0, successes: 0 };
    byChannel[channel] = { trials: before.trials + trials.trials, successes: before.successes + trials.successes };
    if (persona === null) continue;
    const own = byPersona.get(persona) ?? {};
    own[channel] = trials;
    byPersona.set(persona, own);
  }
  return { byChannel, byPersonaAndChannel: byPersona };
}
