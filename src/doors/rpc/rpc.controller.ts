import { Body, Controller, Post, Req, Res, UseFilters } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { ApiDocs, type HeraldRequest } from '../../operations/index.js';
import { parseMessage } from './envelope.js';
import { RpcDispatcher } from './rpc-dispatcher.js';
import { RpcHttpFilter } from './rpc-http.filter.js';

/**
 * JSON-RPC over HTTP: one message a request. Not part of the OpenAPI document, which describes resources by their
 * addresses; `docs/rpc.md` describes this door.
 */
@ApiDocs(({ ApiExcludeController }) => [ApiExcludeController()])
@UseFilters(RpcHttpFilter)
@Controller('rpc')
export class RpcController {
  constructor(private readonly dispatcher: RpcDispatcher) {}

  @Post()
  @RouteConfig({ takesRawText: true })
  async take(
    @Body() text: string | undefined,
    @Req() request: HeraldRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const answer = await this.dispatcher.answer(parseMessage(text ?? ''), {
      principal: request.principal!,
      transport: 'HTTP',
      requestId: request.id,
      countedCalls: 1,
    });
    reply.header('Cache-Control', 'no-store');
    if (answer === undefined) void reply.status(204).send();
    else void reply.status(200).header('Content-Type', 'application/json; charset=utf-8').send(answer);
  }
}
