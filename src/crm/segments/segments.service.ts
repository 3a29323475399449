import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import { DEFAULT_PAGE, Operation } from '../../operations/index.js';
import { Segment } from './segment.entity.js';
import { ListSegmentsRequest, SegmentPage } from './segments.dto.js';

@Injectable()
export class SegmentsService {
  constructor(private readonly database: Database) {}

  @Operation({
    name: 'segment.list',
    permission: 'leads:read',
    kind: 'query',
    request: ListSegmentsRequest,
    response: SegmentPage,
    summary: 'Segments and their rules',
    rest: 'GET /api/v1/segments',
  })
  list({ limit = DEFAULT_PAGE, cursor }: ListSegmentsRequest): Promise<SegmentPage> {
    return this.database.of(Segment).page({ limit, cursor });
  }
}
