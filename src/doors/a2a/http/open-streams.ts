import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { UnsupportedOperationError } from '@a2a-js/sdk/errors';
import { Authenticator } from '../../../auth/index.js';
import { unauthenticated } from '../../../operations/index.js';
import { Metrics } from '../../../telemetry/index.js';
import type { A2aCall } from './a2a-call.js';

/** Streams that one process serves at once. Each costs a connection and a look at the log for every event. */
const MAX_STREAMS = 2_000;
const MAX_STREAMS_OF_ONE_CALLER = 1_000;
/**
 * Credentials that end in this process are heard of at once; those that run out, or that another process ends, by
 * asking.
 */
const CHECK_MS = 15_000;

/** The streams that are open: how many there may be, and that each ends with the credentials that opened it. */
@Injectable()
export class OpenStreams implements OnModuleInit, BeforeApplicationShutdown {
  private readonly calls = new Set<A2aCall>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge('herald_a2a_streams', 'Open streams of A2A tasks', [], (gauge) => gauge.set(this.calls.size));
    this.authenticator.onRevocation(() => void this.check());
    this.timer = setInterval(() => void this.check(), CHECK_MS).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /**
   * @returns how to say that the stream has ended
   * @throws UnsupportedOperationError when there are too many
   */
  enter(call: A2aCall): () => void {
    const own = [...this.calls].filter(({ principal }) => principal.id === call.principal.id).length;
    if (own >= MAX_STREAMS_OF_ONE_CALLER)
      throw new UnsupportedOperationError(`you have ${own} streams open: close one first, or ask with GetTask`);
    if (this.calls.size >= MAX_STREAMS)
      throw new UnsupportedOperationError('too many streams are open here: ask with GetTask, or try again later');
    this.calls.add(call);
    return () => void this.calls.delete(call);
  }

  /** Ends the streams whose credentials have ended. Every quarter of a minute; tests call it themselves. */
  async check(): Promise<void> {
    for (const call of [...this.calls])
      if (!(await this.isStillGood(call))) call.end(unauthenticated('the credentials are not valid any more'));
  }

  private async isStillGood({ credentials, principal }: A2aCall): Promise<boolean> {
    const again = await this.authenticator.askAgain(credentials);
    return again === 'unknown' || (again !== 'refused' && again.id === principal.id);
  }
}
