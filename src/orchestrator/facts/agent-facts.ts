import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { AsOf } from '../../as-of/index.js';
import { Clock } from '../../config/index.js';
import { Database, type Unit } from '../../database/index.js';
import { MemoryService } from '../../memory/index.js';
import { invalid } from '../../errors/index.js';
import { type Principal, type ResourceAccess, ResourcePort } from '../../operations/index.js';
import { FactFaces } from './fact-faces.js';
import { ENGAGEMENT_FACTS } from './engagement-facts.js';
import type { FactsView } from './facts-view.js';
import type { HeldRows } from './lead-context.js';
import { OPTIMIZATION_FACTS } from './optimization-facts.js';
import { Playbooks } from './playbooks.js';
import { PortfolioRatesReader } from './portfolio-rates.js';
import { TRIAGE_FACTS } from './triage-facts.js';

const MAX_IDS = 1_000;

/** Offers the facts that agents decide on at the resource port, and gathers them there in an agent's name. */
@Injectable()
export class AgentFacts implements OnModuleInit {
  constructor(
    private readonly resources: ResourcePort,
    private readonly database: Database,
    private readonly faces: FactFaces,
    private readonly rates: PortfolioRatesReader,
    private readonly memory: MemoryService,
    private readonly asOf: AsOf,
    private readonly playbooks: Playbooks,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.offer(TRIAGE_FACTS);
    this.offer(ENGAGEMENT_FACTS);
    this.offer(OPTIMIZATION_FACTS);
  }

  offer<Facts>({ resource, view, scopes, read }: FactsView<Facts>): void {
    this.resources.register(`${resource}#${view}`, {
      readScope: scopes,
      writeScope: scopes[0]!,
      search: async ({ ids }, { unit, held = {} }: ResourceAccess) => {
        if (!Array.isArray(ids) || ids.length > MAX_IDS || !ids.every((id) => typeof id === 'string'))
          throw invalid('ids', `must be a list of up to ${MAX_IDS} ids`);
        // PostgreSQL takes no empty list
        if (ids.length === 0) return [];
        const { faces, memory, playbooks } = this;
        const reader = unit ?? this.database;
        const rates = await this.rates.current(reader);
        const now = this.clock.iso();
        const at = await this.asOf.momentOf(now, reader);
        return read({ reader, faces, held: held as HeldRows, rates, memory, playbooks, at, now }, ids);
      },
    });
  }

  /**
   * The facts of many subjects by one access in an agent's name, under its scopes and in the journal.
   * @returns in the order of the ids, without those that nobody knows
   */
  async gather<Facts>(
    { resource, view, idOf }: FactsView<Facts>,
    agent: Principal,
    ids: readonly string[],
    within: { unit?: Unit; held?: HeldRows } = {},
  ): Promise<Facts[]> {
    const found = await this.resources.search<Facts[]>(resource, { view, ids }, { principal: agent, ...within });
    const factsById = new Map(found.map((facts) => [idOf(facts), facts]));
    return ids.flatMap((id) => factsById.get(id) ?? []);
  }
}
