import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { unauthenticated } from '../../errors/index.js';
import { ApiDocs, type HeraldRequest, Str, coerceText, fieldsOf, validateRequest } from '../../operations/index.js';
import { EventStreams } from './event-streams.js';

class StreamRequest {
  @Str({ optional: true, max: 500 }) types?: string;
  @Str({ optional: true, min: 1, max: 200 }) subject?: string;
  @Str({ optional: true, max: 40 }) after?: string;
}

const TEXT = { type: 'string' as const };
const schemaOfField = (name: keyof StreamRequest) => fieldsOf(StreamRequest).get(name)!.schema as typeof TEXT;

@ApiDocs(({ ApiTags }) => [ApiTags('events')])
@Controller('api/v1/events')
export class EventsController {
  constructor(private readonly streams: EventStreams) {}

  @Get()
  @ApiDocs(({ ApiBearerAuth, ApiHeader, ApiOperation, ApiQuery, ApiResponse, ApiSecurity }) => [
    ApiOperation({
      operationId: 'event.stream',
      summary: 'What happens, as it happens: server-sent events',
      description:
        'Each event has `id`, its type as `event`, and as `data` the same JSON as in `event.list`. A caller gets the events whose scope it holds. ' +
        'Come back with `Last-Event-ID` and nothing is missed; where something is, an event `reset` says so.',
    }),
    ApiBearerAuth('bearer'),
    ApiSecurity('api_key'),
    ApiQuery({
      name: 'types',
      required: false,
      schema: schemaOfField('types'),
      description: 'Types, separated by commas; `handoff.*` is all of a kind',
    }),
    ApiQuery({
      name: 'subject',
      required: false,
      schema: schemaOfField('subject'),
      description: 'Only events about this id, or that name it',
    }),
    ApiQuery({
      name: 'after',
      required: false,
      schema: schemaOfField('after'),
      description: 'The event after which to begin; `oldest` for all that is kept, now when left out',
    }),
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      schema: TEXT,
      description: 'As `after`, which it outranks: browsers send it when they come back',
    }),
    ApiResponse({
      status: 200,
      description: 'A stream that does not end by itself',
      content: { 'text/event-stream': { schema: TEXT } },
    }),
  ])
  async stream(
    @Query() query: object,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: HeraldRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!request.principal) throw unauthenticated('the stream needs an access token or an API key');
    const wish = validateRequest(StreamRequest, coerceText(StreamRequest, query as Record<string, unknown>));
    const after = lastEventId === undefined || lastEventId === '' ? wish.after : lastEventId.slice(0, 40);
    await this.streams.start(request, reply, { ...wish, after });
  }
}
