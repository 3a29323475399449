import type { Provider } from '@nestjs/common';
import { TextEmbedder } from './embedding.js';
import { EpisodeChanges, EpisodeFollower } from './episode-follower.js';
import { EpisodeIndexWriter, EpisodeIndexer } from './episode-index.js';
import { EpisodeRanking } from './episode-ranking.js';
import { EpisodeText } from './episode-text.js';
import { EpisodeIndexRow, EpisodeEvent, EpisodicMemory, PendingEpisode } from './episodic.entities.js';
import { EpisodicStore } from './episodic.store.js';
import { HashEmbedder } from './hash-embedder.js';
import { LeadEpisodes } from './lead-episodes.js';

export const EPISODIC_ENTITIES = [EpisodicMemory, EpisodeIndexRow, EpisodeEvent, PendingEpisode];

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
