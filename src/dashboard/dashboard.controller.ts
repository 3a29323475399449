import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../auth/index.js';
import { AppError } from '../errors/index.js';
import { ApiDocs } from '../operations/index.js';
import { type Encoding, type WebFile, WebFiles } from './web-files.js';

const KEEP_FOR_GOOD = 'public, max-age=31536000, immutable';
const ASK_EACH_TIME = 'no-cache';

/** The page and its files. They hold no data: that comes from the REST API, under the reader's own sign-in. */
@Public()
@ApiDocs(({ ApiExcludeController }) => [ApiExcludeController()])
@Controller()
export class DashboardController {
  constructor(private readonly files: WebFiles) {}

  @Get()
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    send(this.files.page, ASK_EACH_TIME, request, reply);
  }

  @Get('favicon.ico')
  icon(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    send(this.files.get('logo.svg')!, ASK_EACH_TIME, request, reply);
  }

  @Get('dashboard/:version/*')
  file(
    @Param('version') version: string,
    @Param('*') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const file = this.files.get(name);
    if (!file) throw new AppError('not_found', 'route_not_found', `the dashboard has no file "${name}"`);
    send(file, version === this.files.version ? KEEP_FOR_GOOD : ASK_EACH_TIME, request, reply);
  }
}

function send(file: WebFile, cacheControl: string, { headers }: FastifyRequest, reply: FastifyReply): void {
  const encoding = encodingFor(String(headers['accept-encoding'] ?? ''));
  const etag = file.etag[encoding];
  void reply.headers({ ETag: etag, 'Cache-Control': cacheControl, Vary: 'Accept-Encoding' });
  if (headers['if-none-match']?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)) {
    void reply.status(304).send();
    return;
  }
  if (encoding !== 'identity') void reply.header('Content-Encoding', encoding);
  void reply.header('Content-Type', file.type).send(file.body(encoding));
}

/** The best encoding that the browser takes; one that it marks with q=0 it does not take. */
function encodingFor(accepted: string): Encoding {
  const takes = (name: string) =>
    accepted.split(',').some((each) => {
      const [encoding, ...parameters] = each
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/);
      return encoding === name && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    });
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : 'identity';
}
