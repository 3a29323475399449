import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { shownBy } from '../../auth/index.js';
import { LiveEvents } from '../../live-events/index.js';
import type { HeraldRequest } from '../../operations/index.js';
import { BEAT_MS, EVENT_STREAM_HEADERS, OpenStreams } from '../wire/index.js';
import type { FeedStart } from './event-feed.js';
import { EventHub } from './event-hub.js';
import { EventStream } from './event-stream.js';

/** The open streams of events over HTTP: their beginning, their heartbeat and their end. */
@Injectable()
export class EventStreams implements OnModuleInit, BeforeApplicationShutdown {
  private readonly streams = new Set<EventStream>();
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    private readonly liveEvents: LiveEvents,
    private readonly hub: EventHub,
    private readonly open: OpenStreams,
  ) {}

  onModuleInit(): void {
    this.heartbeat = setInterval(() => this.beat(), BEAT_MS);
    this.heartbeat.unref();
  }

  get count(): number {
    return this.streams.size;
  }

  /** Answers the request with a stream that ends when the caller hangs up, its credentials end, or the server stops. */
  async start(request: HeraldRequest, reply: FastifyReply, start: FeedStart): Promise<void> {
    // the caller may have hung up while it was looked who that is
    if (reply.raw.destroyed) return;
    const principal = request.principal!;
    this.open.refuseTooMany('events', principal.id);
    const { liveEvents, hub } = this;
    const stream = new EventStream(reply.raw, principal, start, { liveEvents, hub, now: () => performance.now() });
    this.streams.add(stream);
    const leave = this.open.enter('events', {
      credentials: shownBy(request),
      principalId: principal.id,
      keep: (now) => stream.readAs(now),
      end: (reason) => stream.end(reason),
    });
    reply.raw.on('close', () => {
      leave();
      this.streams.delete(stream);
      // for the record of the request; the head has long gone out
      reply.header('content-length', stream.writtenBytes);
    });
    const position = await stream.open();
    reply.hijack();
    reply.raw.writeHead(200, { ...EVENT_STREAM_HEADERS, ...(reply.getHeaders() as Record<string, string>) });
    stream.greet(position);
  }

  /** Every quarter of a minute; tests call it themselves. */
  beat(): void {
    for (const stream of this.streams) stream.beat();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.heartbeat);
    for (const stream of this.streams) stream.end('the server is stopping');
  }
}
