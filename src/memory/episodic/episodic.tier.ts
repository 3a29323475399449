import { Injectable } from '@nestjs/common';
import type { Reader, Unit } from '../../database/index.js';
import { STORED_BY, type RetrieveMemoryRequest, type SearchMemoryRequest, toEpisodeResponse } from '../memory.dto.js';
import { IsMemoryTier, type MemoryTier, type StoreRequestWith, type TierStats } from '../memory-tier.js';
import { EpisodeFollower } from './episode-follower.js';
import { EpisodicStore } from './episodic.store.js';

/** Situations, what was done in them and how it went. */
@Injectable()
@IsMemoryTier()
export class EpisodicTier implements MemoryTier {
  readonly name = 'episodic';
  readonly storedBy = STORED_BY.episodic;
  readonly readBy = ['episode_id', 'scenario'] as const;
  readonly searchedBy = ['scenario', 'text', 'min_outcome'] as const;

  constructor(
    private readonly episodes: EpisodicStore,
    private readonly follower: EpisodeFollower,
  ) {}

  async store(unit: Unit, request: StoreRequestWith<(typeof STORED_BY.episodic.needs)[number]>, now: string) {
    const { tier: _, notes = '', source = 'api', ...episode } = request;
    const [row] = await this.episodes.remember(unit, [{ ...episode, notes }], { now, source });
    return { memory_id: row!.episode_id, expires_at: null };
  }

  async retrieve(reader: Reader, { episode_id, scenario }: RetrieveMemoryRequest, limit: number): Promise<object[]> {
    return (await this.episodes.search(reader, { episode_id, scenario, limit })).map(toEpisodeResponse);
  }

  async search(reader: Reader, request: SearchMemoryRequest, limit: number): Promise<object[]> {
    const { scenario, text, min_outcome } = request;
    return (await this.episodes.search(reader, { scenario, text, min_outcome, limit })).map(toEpisodeResponse);
  }

  async exportLead(reader: Reader, leadId: string): Promise<Record<string, unknown>> {
    const episodes = await this.episodes.exportLead(reader, leadId);
    return {
      episodic: episodes.map(({ relation, told_at, ...episode }) => ({
        ...toEpisodeResponse(episode),
        relation,
        told_at,
      })),
    };
  }

  async forgetLead(unit: Unit, leadId: string): Promise<Record<string, number>> {
    return { episodic: await this.episodes.forgetLead(unit, leadId) };
  }

  stats(): TierStats {
    const { size, bytes } = this.follower.vectors;
    return { entries: size, bytes };
  }
}
