import { Body, Controller, Get, Header, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Public } from '../auth/index.js';
import { AppError } from '../errors/index.js';
import { ApiDocs, type HeraldRequest, OperationBus } from '../operations/index.js';
import type { PreferencesResponse } from './preferences/preferences.dto.js';
import { DONE_PAGE, PAUSED_PAGE, SAVED_PAGE, UNKNOWN_PAGE, preferencesPage } from './preferences/preferences-page.js';

/**
 * Where the link in every message leads. Mail scanners follow links, so a GET changes nothing and shows forms; a POST
 * saves what was chosen there, or, as the one that a mail program makes (RFC 8058), ends everything. Pages for people,
 * so they are not part of the API's document.
 */
@ApiDocs(({ ApiExcludeController }) => [ApiExcludeController()])
@Controller('unsubscribe')
export class UnsubscribeController implements OnModuleInit {
  constructor(
    private readonly operations: OperationBus,
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
  show(
    @Param('token') token: string,
    @Req() request: HeraldRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.answer(reply, async () =>
      preferencesPage((await this.call('preference.get', { token }, request)) as PreferencesResponse),
    );
  }

  @Post(':token')
  @Public()
  @HttpCode(200)
  @RouteConfig({ acceptsForm: true })
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  change(
    @Param('token') token: string,
    @Body() form: Form | undefined,
    @Req() request: HeraldRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.answer(reply, async () => {
      switch (form?.action) {
        case 'choose': {
          const { channels, topics } = form;
          const choice = { action: 'choose', channels: listOf(channels), topics: listOf(topics) };
          await this.call('preference.set', { token, ...choice }, request);
          return SAVED_PAGE;
        }
        case 'pause':
          await this.call('preference.set', { token, action: 'pause' }, request);
          return PAUSED_PAGE;
        default:
          await this.call('suppression.unsubscribe', { token }, request);
          return DONE_PAGE;
      }
    });
  }

  private call(operation: string, input: object, { principal, id, ip }: HeraldRequest): Promise<unknown> {
    return this.operations.call(operation, input, { principal, requestId: id, ip, door: 'rest' });
  }

  private async answer(reply: FastifyReply, page: () => Promise<string>): Promise<string> {
    try {
      return await page();
    } catch (error) {
      if (!(error instanceof AppError) || (error.kind !== 'not_found' && error.kind !== 'invalid')) throw error;
      reply.status(404);
      return UNKNOWN_PAGE;
    }
  }
}

/** What the page's forms send: a name that is checked several times comes as a list. */
interface Form {
  readonly action?: unknown;
  readonly channels?: unknown;
  readonly topics?: unknown;
}

const listOf = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
