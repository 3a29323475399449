import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Reader, Unit } from '../database/index.js';
import { invalid, invalidFields } from '../errors/index.js';
import { Metrics } from '../telemetry/index.js';
import type { RetrieveMemoryRequest, SearchMemoryRequest, StoreMemoryRequest } from './memory.dto.js';

export type StoreField = Exclude<keyof StoreMemoryRequest, 'tier'>;
export type ReadField = Exclude<keyof RetrieveMemoryRequest, 'tier' | 'limit'>;
export type SearchField = Exclude<keyof SearchMemoryRequest, 'limit'>;

/** A request to store that has these fields. */
export type StoreRequestWith<K extends StoreField> = StoreMemoryRequest & {
  [N in K]-?: NonNullable<StoreMemoryRequest[N]>;
};

export interface StoredEntry {
  /** The key of the entry. */
  readonly memory_id: string;
  /** Null for what stays. */
  readonly expires_at: string | null;
}

/** What a tier holds in this process's memory, beside its tables. */
export interface TierStats {
  readonly entries: number;
  readonly bytes: number;
}

export interface AgingStep {
  /** How many entries were changed. */
  readonly changed: number;
  /** Where the next step goes on, or null when all were looked at. */
  readonly next: string | null;
}

/**
 * One kind of memory. The operations, the data subject's export, forgetting, ageing and the figures go over the tiers
 * and know none of them by name.
 */
export interface MemoryTier {
  /** Stored into, read and answered under this name. */
  readonly name: string;
  /** The fields that storing needs, and those that it takes besides; a request with others is refused. */
  readonly storedBy: { readonly needs: readonly StoreField[]; readonly takes: readonly StoreField[] };
  /** The fields of which any one reaches it when something is retrieved. */
  readonly readBy: readonly ReadField[];
  /** The fields of which any one reaches it when something is searched for; left out by a tier without a search. */
  readonly searchedBy?: readonly SearchField[];
  /** Takes in one entry that has the fields of `storedBy`. */
  store(unit: Unit, request: StoreMemoryRequest, now: string): Promise<StoredEntry>;
  /** The entries that the given fields name, as they are answered. */
  retrieve(reader: Reader, request: RetrieveMemoryRequest, limit: number, now: string): Promise<object[]>;
  search?(reader: Reader, request: SearchMemoryRequest, limit: number): Promise<object[]>;
  /** All that it holds of a lead, by the names of the export's parts. */
  exportLead(reader: Reader, leadId: string, now: string): Promise<Record<string, unknown>>;
  /** Removes all that it holds of a lead. @returns how much, by the names of the answer's parts */
  forgetLead(unit: Unit, leadId: string, now: string): Promise<Record<string, number>>;
  /** What time does to its entries, a step a unit; made twice for the same moment, the second changes nothing. */
  age?(unit: Unit, now: string, after: string): Promise<AgingStep>;
  /** Left out by a tier that holds nothing but its tables. */
  stats?(): TierStats;
}

/** Marks a provider that is a tier of memory. */
export const IsMemoryTier = DiscoveryService.createDecorator();

/** The tiers that there are: every provider marked `@IsMemoryTier()`, in the order of the modules' providers. */
@Injectable()
export class MemoryTiers implements OnModuleInit {
  private found: readonly MemoryTier[] | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const withStats = this.all.filter(({ stats }) => stats);
    this.metrics.gauge('herald_memory_held_bytes', 'What a tier holds in memory', ['tier'], (gauge) => {
      for (const tier of withStats) gauge.set({ tier: tier.name }, tier.stats!().bytes);
    });
  }

  get all(): readonly MemoryTier[] {
    return (this.found ??= this.discover());
  }

  /**
   * The tier that the request stores into.
   * @throws AppError invalid when there is none of the name, a needed field is missing, or one of another tier is there
   */
  toStoreInto(request: StoreMemoryRequest): MemoryTier {
    const tier = this.named(request.tier);
    const { needs, takes } = tier.storedBy;
    const known: readonly string[] = ['tier', ...needs, ...takes];
    const missing = needs.filter((name) => request[name] === undefined);
    const foreign = Object.keys(request).filter((name) => !known.includes(name));
    if (missing.length + foreign.length > 0) {
      throw invalidFields([
        ...missing.map((path) => ({ path, reason: `is needed to store ${tier.name} memory` })),
        ...foreign.map((path) => ({ path, reason: `is not a field of ${tier.name} memory` })),
      ]);
    }
    return tier;
  }

  /**
   * The tiers that a request reads: the one it names, or all that its fields reach.
   * @throws AppError invalid when it gives nothing to read by, or the named tier is not read by what it gives
   */
  toRead({ tier: name, limit: _, ...fields }: RetrieveMemoryRequest): readonly MemoryTier[] {
    const given = Object.keys(fields) as ReadField[];
    const named = name === undefined ? undefined : this.named(name);
    if (given.length === 0) {
      const names = named ? named.readBy : [...new Set(this.all.flatMap(({ readBy }) => readBy))];
      throw invalidFields([{ path: names[0]!, reason: `give at least one of ${names.join(', ')}` }]);
    }
    if (!named) return this.all.filter(({ readBy }) => readBy.some((each) => given.includes(each)));
    const foreign = given.filter((each) => !named.readBy.includes(each));
    if (foreign.length > 0) {
      const reason = `${named.name} memory is read by ${named.readBy.join(' or ')}`;
      throw invalidFields(foreign.map((path) => ({ path, reason })));
    }
    return [named];
  }

  /** The tiers with a search that the request's fields reach. @throws AppError invalid when it gives no field of any */
  toSearch(request: SearchMemoryRequest): readonly MemoryTier[] {
    const reached = this.all.filter(({ searchedBy }) => searchedBy?.some((name) => request[name] !== undefined));
    if (reached.length > 0) return reached;
    const names = [...new Set(this.all.flatMap(({ searchedBy = [] }) => searchedBy))];
    throw invalid('text', `give at least one of ${names.join(', ')}`);
  }

  private named(name: string): MemoryTier {
    const tier = this.all.find((each) => each.name === name);
    if (!tier) throw invalid('tier', `must be one of ${this.all.map((each) => each.name).join(', ')}`);
    return tier;
  }

  private discover(): MemoryTier[] {
    // by the key alone they come in no stated order
    const tiers = this.discovery
      .getProviders()
      .filter((wrapper) => wrapper.instance && this.discovery.getMetadataByDecorator(IsMemoryTier, wrapper))
      .map(({ instance }) => instance as MemoryTier);
    const twice = tiers.find(({ name }, index) => tiers.some((other, at) => at > index && other.name === name));
    if (twice) throw new Error(`there are two tiers of memory called ${twice.name}`);
    return tiers;
  }
}
