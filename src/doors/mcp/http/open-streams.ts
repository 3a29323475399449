import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Authenticator, type ShownCredentials } from '../../../auth/index.js';
import type { Principal } from '../../../operations/index.js';
import { Metrics } from '../../../telemetry/index.js';

interface OpenStream {
  readonly credentials: ShownCredentials;
  readonly principalId: string;
  /** Called while the credentials are still good, with what they are good for. */
  keep(principal: Principal): void;
  end(): void;
}

const CHECK_MS = 2_000;
export const MOST_STREAMS = 200;

/** Streams that stay open: whoever opened one must still be let in while it is, so a revoked token ends it. */
@Injectable()
export class OpenStreams implements OnModuleInit, OnModuleDestroy {
  private readonly streams = new Set<OpenStream>();
  private timer: NodeJS.Timeout | undefined;
  private isChecking = false;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge('herald_mcp_streams', 'Open MCP streams', [], (gauge) => gauge.set(this.streams.size));
    // what another process revokes, and what runs out, is found by asking from time to time
    this.authenticator.onRevocation(() => void this.check());
    this.timer = setInterval(() => void this.check(), CHECK_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  hasRoomFor(principalId: string): boolean {
    return [...this.streams].filter((stream) => stream.principalId === principalId).length < MOST_STREAMS;
  }

  /** @returns how to say that the stream has ended */
  add(stream: OpenStream): () => void {
    this.streams.add(stream);
    return () => void this.streams.delete(stream);
  }

  /** Every two seconds; tests call it themselves. */
  async check(): Promise<void> {
    // the rest of a check that takes longer than its interval must not be overtaken
    if (this.isChecking) return;
    this.isChecking = true;
    try {
      for (const stream of [...this.streams]) await this.checkOne(stream);
    } finally {
      this.isChecking = false;
    }
  }

  private async checkOne(stream: OpenStream): Promise<void> {
    const again = await this.authenticator.askAgain(stream.credentials);
    if (again === 'unknown') return;
    if (again !== 'refused' && again.id === stream.principalId) return stream.keep(again);
    this.streams.delete(stream);
    stream.end();
  }
}
