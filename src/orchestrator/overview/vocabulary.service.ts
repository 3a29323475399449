import { Injectable } from '@nestjs/common';
import { ListOf, Operation, type QueryContext } from '../../operations/index.js';
import { MESSAGE_STATUSES } from '../../outreach/index.js';
import {
  AGENT,
  AGENT_TYPES,
  CAMPAIGN_STATUSES,
  CHANNELS,
  LEAD_STATUSES,
  PRIORITIES,
  REGIONS,
  TRIAGE_CATEGORIES,
} from '../../vocabulary/index.js';

class VocabularyRequest {}

class VocabularyResponse {
  @ListOf('string', { description: 'The types of agents that decide' }) agents!: string[];
  @ListOf('string', { description: 'What they decide about' }) decision_kinds!: string[];
  @ListOf('string') channels!: string[];
  @ListOf('string') message_statuses!: string[];
  @ListOf('string') lead_statuses!: string[];
  @ListOf('string') triage_categories!: string[];
  @ListOf('string') regions!: string[];
  @ListOf('string') campaign_statuses!: string[];
  @ListOf('string', { description: 'From the least to the most pressing' }) priorities!: string[];
}

/** The words that pages offer to choose from, so that none of them keeps a list of its own. */
@Injectable()
export class VocabularyService {
  @Operation({
    name: 'system.vocabulary',
    permission: null,
    kind: 'query',
    request: VocabularyRequest,
    response: VocabularyResponse,
    summary: 'The words that this server knows: agents, channels, states, regions, priorities',
    rest: { route: 'GET /api/v1/vocabulary', tag: 'system' },
  })
  vocabulary(_: VocabularyRequest, __: QueryContext): Promise<VocabularyResponse> {
    const deciding = AGENT_TYPES.filter((type) => AGENT[type].decides.length > 0);
    return Promise.resolve({
      agents: deciding,
      decision_kinds: deciding.flatMap((type) => [...AGENT[type].decides]),
      channels: [...CHANNELS],
      message_statuses: [...MESSAGE_STATUSES],
      lead_statuses: [...LEAD_STATUSES],
      triage_categories: [...TRIAGE_CATEGORIES],
      regions: [...REGIONS],
      campaign_statuses: [...CAMPAIGN_STATUSES],
      priorities: [...PRIORITIES],
    });
  }
}
