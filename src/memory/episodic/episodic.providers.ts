import type { Provider } from '@nestjs/common';
import { EpisodeChanges } from './episode-changes.js';
import { EpisodeFollower } from './episode-follower.js';
import { EpisodeIndexRow } from './episode-index-row.entity.js';
import { EpisodeIndexWriter } from './episode-index-writer.js';
import { EpisodeIndexer } from './episode-indexer.js';
import { EpisodeRanking } from './episode-ranking.js';
import { EpisodeTelling } from './episode-telling.entity.js';
import { EpisodeText } from './episode-text.js';
import { EpisodicMemory } from './episodic.entity.js';
import { EpisodicStore } from './episodic.store.js';
import { HashEmbedder } from './hash-embedder.js';
import { LeadEpisodes } from './lead-episodes.js';
import { PendingEpisode } from './pending-episode.entity.js';
import { TextEmbedder } from './text-embedder.js';

export const EPISODIC_ENTITIES = [EpisodicMemory, EpisodeIndexRow, EpisodeTelling, PendingEpisode];

export const EPISODIC_PROVIDERS: Provider[] = [
  { provide: TextEmbedder, useFactory: () => new HashEmbedder() },
  EpisodeChanges,
  EpisodeText,
  EpisodeIndexWriter,
  EpisodeIndexer,
  EpisodeFollower,
  EpisodeRanking,
  LeadEpisodes,
  EpisodicStore,
];
