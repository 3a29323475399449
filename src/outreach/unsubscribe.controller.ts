import { Controller, Get, Header, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Public } from '../auth/index.js';
import { AppError } from '../errors/index.js';
import { ApiDocs, type HeraldRequest, OperationBus } from '../operations/index.js';
import { DONE_PAGE, UNKNOWN_PAGE, formPage } from './unsubscribe-page.js';
import { UnsubscribeLinks } from './unsubscribe-links.js';

/**
 * Where unsubscribe links lead. Mail scanners follow links, so a GET changes nothing and shows a form; the POST, by
 * the form or by the mail program (RFC 8058), opts out. Pages for people, so they are not part of the API's document.
 */
@ApiDocs(({ ApiExcludeController }) => [ApiExcludeController()])
@Controller('unsubscribe')
export class UnsubscribeController implements OnModuleInit {
  constructor(
    private readonly operations: OperationBus,
    private readonly links: UnsubscribeLinks,
    private readonly host: HttpAdapterHost,
  ) {}

  /**
   * Mail programs may send the one-click POST as multipart/form-data (RFC 8058, 3.2). Its content says nothing that the
   * link does not, so it is read and dropped.
   */
  onModuleInit(): void {
    const server = this.host.httpAdapter?.getInstance<FastifyInstance | undefined>();
    if (!server?.addContentTypeParser || server.hasContentTypeParser('multipart/form-data')) return;
    server.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, _body, done) =>
      done(null, undefined),
    );
  }

  @Get(':token')
  @Public()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  @Header('Referrer-Policy', 'no-referrer')
  @Header('X-Robots-Tag', 'noindex')
  show(@Param('token') token: string, @Res({ passthrough: true }) reply: FastifyReply): string {
    const claim = this.links.read(token);
    if (claim) return formPage(claim.channel);
    reply.status(404);
    return UNKNOWN_PAGE;
  }

  @Post(':token')
  @Public()
  @HttpCode(200)
  @RouteConfig({ acceptsForm: true })
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  async optOut(
    @Param('token') token: string,
    @Req() { principal, id, ip }: HeraldRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    try {
      await this.operations.call('suppression.unsubscribe', { token }, { principal, requestId: id, ip, door: 'rest' });
      return DONE_PAGE;
    } catch (error) {
      if (!(error instanceof AppError) || (error.kind !== 'not_found' && error.kind !== 'invalid')) throw error;
      reply.status(404);
      return UNKNOWN_PAGE;
    }
  }
}
