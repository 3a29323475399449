import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { Clock, Settings } from '../../config/index.js';
import { Database } from '../../database/index.js';
import { MemoryClock, MemoryService } from '../../memory/index.js';
import { type ResourceAccess, ResourcePort, invalid } from '../../operations/index.js';
import type { FactSources } from './fact-sources.js';
import { readEngagementFacts } from './engagement-facts.js';
import { readOptimizationFacts } from './optimization-facts.js';
import { Playbooks } from './playbooks.js';
import { PortfolioRatesReader, rememberedAt } from './portfolio-rates.js';
import { readTriageFacts } from './triage-facts.js';

const MAX_IDS = 1_000;

type FactsReader = (sources: FactSources, ids: readonly string[]) => Promise<unknown[]>;

/** Offers the facts that the three agents decide on, as views of the resources that they come from. */
@Injectable()
export class AgentFacts implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly resources: ResourcePort,
    private readonly database: Database,
    private readonly rates: PortfolioRatesReader,
    private readonly memory: MemoryService,
    private readonly moments: MemoryClock,
    private readonly playbooks: Playbooks,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.offer('db://leads#triage_facts', 'leads:read', readTriageFacts);
    this.offer('db://leads#engagement_facts', 'leads:read', readEngagementFacts);
    this.offer('db://campaigns#optimization_facts', 'campaigns:read', readOptimizationFacts);
    this.moments.judgeBy(async (now) => rememberedAt(await this.rates.current(), now));
  }

  onApplicationBootstrap(): void {
    // so that a server's first lead does not wait for the first count; one that fails is tried again then
    if (this.settings.queueMode === 'required') this.rates.current().catch(() => undefined);
  }

  private offer(address: string, scope: string, read: FactsReader): void {
    this.resources.register(address, {
      readScope: scope,
      writeScope: scope,
      search: async (query, { unit }: ResourceAccess) => {
        const ids = query.ids;
        if (!Array.isArray(ids) || ids.length > MAX_IDS || !ids.every((id) => typeof id === 'string')) {
          throw invalid('ids', `must be a list of up to ${MAX_IDS} ids`);
        }
        const { memory, playbooks } = this;
        return read(
          {
            reader: unit ?? this.database,
            rates: await this.rates.current(),
            memory,
            playbooks,
            now: this.clock.iso(),
          },
          ids,
        );
      },
    });
  }
}
