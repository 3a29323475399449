import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Authenticator } from '../../auth/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { type HeraldRequest, limited, unavailable } from '../../operations/index.js';
import { Metrics } from '../../telemetry/index.js';
import type { FeedStart } from './event-feed.js';
import { EventHub } from './event-hub.js';
import { EventStream } from './event-stream.js';
import { STREAM_LIMITS as LIMITS } from './stream-limits.js';

/** The open streams of events over HTTP: their number, their heartbeat and their end. */
@Injectable()
export class EventStreams implements OnModuleInit, BeforeApplicationShutdown {
  private readonly open = new Map<EventStream, string>();
  private heartbeat: NodeJS.Timeout | undefined;
  private isStopping = false;

  constructor(
    private readonly liveEvents: LiveEvents,
    private readonly hub: EventHub,
    private readonly authenticator: Authenticator,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge('herald_event_streams', 'Open streams of live events over HTTP', [], (gauge) =>
      gauge.set(this.open.size),
    );
    this.authenticator.onRevocation(() => void this.checkCredentials());
    this.heartbeat = setInterval(() => void this.beat(), LIMITS.beatMs);
    this.heartbeat.unref();
  }

  get count(): number {
    return this.open.size;
  }

  /** Answers the request with a stream that ends when the caller hangs up, its credentials end, or the server stops. */
  async start(request: HeraldRequest, reply: FastifyReply, start: FeedStart): Promise<void> {
    // the caller may have hung up while it was looked who that is
    if (reply.raw.destroyed) return;
    const principal = request.principal!;
    this.refuseTooMany(principal.id);
    const { headers, ip } = request;
    const apiKey = headers['x-api-key'];
    const credentials = {
      authorization: headers.authorization,
      apiKey: Array.isArray(apiKey) ? apiKey[0] : apiKey,
      ip,
    };
    const { liveEvents, hub, authenticator } = this;
    const stream = new EventStream(reply.raw, { principal, credentials }, start, {
      liveEvents,
      hub,
      authenticator,
      now: () => performance.now(),
    });
    this.open.set(stream, principal.id);
    reply.raw.on('close', () => {
      this.open.delete(stream);
      // for the record of the request; the head has long gone out
      reply.header('content-length', stream.writtenBytes);
    });
    const place = await stream.open();
    reply.hijack();
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    });
    stream.greet(place);
  }

  /** Every quarter of a minute; tests call it themselves. */
  async beat(): Promise<void> {
    // one after another: those with the same credentials share one look into the database
    for (const stream of this.open.keys()) await stream.beat();
  }

  beforeApplicationShutdown(): void {
    this.isStopping = true;
    clearInterval(this.heartbeat);
    for (const stream of this.open.keys()) stream.end('the server is stopping');
  }

  private async checkCredentials(): Promise<void> {
    for (const stream of this.open.keys()) await stream.checkCredentials();
  }

  private refuseTooMany(callerId: string): void {
    if (this.isStopping) throw unavailable('the server is stopping');
    if (this.open.size >= LIMITS.maxStreams)
      throw unavailable('too many streams are open on this server; read /api/v1/events/history instead');
    const own = [...this.open.values()].filter((id) => id === callerId).length;
    if (own >= LIMITS.maxStreamsOfOneCaller)
      throw limited(`you have ${own} streams open: close one first`, LIMITS.beatMs / 1000);
  }
}
