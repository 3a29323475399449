import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Authenticator, type ShownCredentials } from '../../auth/index.js';
import { limited, unavailable } from '../../errors/index.js';
import type { Principal } from '../../operations/index.js';
import { Metrics } from '../../telemetry/index.js';

export interface OpenStream {
  readonly credentials: ShownCredentials;
  readonly principalId: string;
  /** The credentials are still good, and this is what they are good for. */
  keep?(principal: Principal): void;
  /** Ends it, and tells the reader why where the protocol has a way to. */
  end(reason: string): void;
}

/** What streams may ask of this process: each costs a connection, and some work for every event. */
const LIMITS = {
  events: { metric: 'herald_event_streams', of: 'live events over HTTP', total: 2_000, ofOneCaller: 50 },
  a2a: { metric: 'herald_a2a_streams', of: 'A2A tasks', total: 2_000, ofOneCaller: 1_000 },
  mcp: { metric: 'herald_mcp_streams', of: 'MCP', total: 2_000, ofOneCaller: 200 },
} as const;
export type StreamDoor = keyof typeof LIMITS;

/** Credentials that end in this process are heard of at once; those that run out, or end elsewhere, by asking. */
const CHECK_MS = 2_000;
const RETRY_SECONDS = 5;
export const CREDENTIALS_ENDED = 'the credentials are not valid any more';

/**
 * Answers that stay open, of all doors: how many there may be, and that each ends with the credentials that opened it.
 */
@Injectable()
export class OpenStreams implements OnModuleInit, BeforeApplicationShutdown {
  private readonly open = new Map<OpenStream, StreamDoor>();
  private timer: NodeJS.Timeout | undefined;
  private isChecking = false;
  private isStopping = false;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    for (const [door, { metric, of }] of Object.entries(LIMITS))
      this.metrics.gauge(metric, `Open streams of ${of}`, [], (gauge) => gauge.set(this.count(door as StreamDoor)));
    this.authenticator.onRevocation(() => void this.check());
    this.timer = setInterval(() => void this.check(), CHECK_MS);
    this.timer.unref();
  }

  beforeApplicationShutdown(): void {
    this.isStopping = true;
    clearInterval(this.timer);
  }

  count(door: StreamDoor): number {
    return [...this.open.values()].filter((each) => each === door).length;
  }

  /** @throws AppError limit or unavailable where there must not be one more */
  refuseTooMany(door: StreamDoor, principalId: string): void {
    if (this.isStopping) throw unavailable('the server is stopping', RETRY_SECONDS);
    const { total, ofOneCaller } = LIMITS[door];
    const own = [...this.open].filter(([stream, of]) => of === door && stream.principalId === principalId).length;
    if (own >= ofOneCaller) throw limited(`you have ${own} streams open: close one first`, RETRY_SECONDS);
    if (this.count(door) >= total)
      throw unavailable('too many streams are open on this server; try again later', RETRY_SECONDS);
  }

  /** @returns how to say that the stream has ended */
  enter(door: StreamDoor, stream: OpenStream): () => void {
    this.open.set(stream, door);
    return () => void this.open.delete(stream);
  }

  /** Every two seconds; tests call it themselves. */
  async check(): Promise<void> {
    // the rest of a check that takes longer than its interval must not be overtaken
    if (this.isChecking) return;
    this.isChecking = true;
    try {
      // one after another: those with the same credentials share one look into the database
      for (const stream of [...this.open.keys()]) await this.checkOne(stream);
    } finally {
      this.isChecking = false;
    }
  }

  private async checkOne(stream: OpenStream): Promise<void> {
    const again = await this.authenticator.askAgain(stream.credentials);
    if (again === 'unknown') return;
    if (again !== 'refused' && again.id === stream.principalId) return stream.keep?.(again);
    this.open.delete(stream);
    stream.end(CREDENTIALS_ENDED);
  }
}
