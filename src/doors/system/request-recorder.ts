import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock, newId } from '../../config/index.js';
import { type HeraldRequest, Journal } from '../../operations/index.js';
import { Log, Metrics } from '../../telemetry/index.js';

/** The doors whose use is analysed. Health, metrics, documents and the dashboard's files are not. */
const JOURNALLED = /^\/(api|rpc|mcp|a2a)(\/|\?|$)/;
const HEALTH = /^\/api\/(agents\/)?health(\?|$)/;

/** Says of each finished request that it was: a metric, a log line, and for the doors a row in the transport table. */
@Injectable()
export class RequestRecorder {
  private readonly durations;

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.durations = metrics.histogram('herald_http_request_seconds', 'Duration of HTTP requests', [
      'method',
      'route',
      'status',
    ]);
  }

  record(request: FastifyRequest, reply: FastifyReply): void {
    const { method, url } = request;
    const { statusCode, elapsedTime } = reply;
    // the pattern, not the path: ids would make a time series for each row
    const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
    this.durations.observe({ method, route, status: statusCode }, elapsedTime / 1000);
    if (!JOURNALLED.test(url) || HEALTH.test(url)) return;
    const bytesOut = Number(reply.getHeader('content-length') ?? 0);
    // without the query, which may hold what people typed
    const path = url.split('?', 1)[0];
    this.log.info(
      { request_id: request.id, method, path, status: statusCode, duration_ms: Math.round(elapsedTime * 100) / 100 },
      'request',
    );
    if ((request as HeraldRequest).isJournalled) return;
    this.journal.recordRequest({
      entry_id: newId('http'),
      request_id: request.id,
      timestamp: this.clock.iso(),
      method,
      status_code: statusCode,
      bytes_in: Number(request.headers['content-length'] ?? 0),
      bytes_out: bytesOut,
    });
  }
}
