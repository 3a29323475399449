import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { Instant, IntNum, Operation } from '../operations/index.js';
import { ClockMover } from '../queue/index.js';
import { Log } from '../telemetry/index.js';

/** Ten years. */
const LONGEST_SECONDS = 3_660 * 86_400;
/** Real time for one call. */
const LONGEST_MS = 15 * 60_000;

class ReadClockRequest {}

class ClockResponse {
  @Instant({ description: "The server's time" }) now!: string;
  @Instant({ nullable: true, description: 'When the next work falls due' })
  next_due_at!: string | null;
}

class MoveClockRequest {
  @IntNum({
    min: 0,
    max: LONGEST_SECONDS,
    description: 'How far the clock moves; 0 only does what is due',
    example: 3600,
  })
  advance_seconds!: number;
}

class ClockMovedResponse {
  @Instant({ description: "The server's time now" }) now!: string;
  @IntNum({ min: 0, description: 'Jobs that were done on the way' }) jobs_done!: number;
}

/** How a test from outside moves the time of a server, and has all the work done that falls due on the way. */
@Injectable()
export class TestClockService implements OnApplicationBootstrap {
  constructor(
    private readonly mover: ClockMover,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.log.warn(
      { now: this.clock.iso() },
      'HERALD_TEST_CLOCK is on: time stands still until POST /api/v1/test/clock moves it; no server for real people',
    );
  }

  @Operation({
    name: 'test.clock.read',
    permission: 'admin',
    kind: 'query',
    request: ReadClockRequest,
    response: ClockResponse,
    summary: 'What time it is on the test clock, and when the next work falls due',
    rest: 'GET /api/v1/test/clock',
    audience: 'person',
  })
  async read(): Promise<ClockResponse> {
    return { now: this.clock.iso(), next_due_at: (await this.mover.nextDue()) ?? null };
  }

  @Operation({
    name: 'test.clock.move',
    permission: 'admin',
    kind: 'task',
    request: MoveClockRequest,
    response: ClockMovedResponse,
    summary: 'Moves the test clock on, and answers when all work that fell due on the way has been done in its order',
    rest: 'POST /api/v1/test/clock',
    audience: 'person',
  })
  async move({ advance_seconds }: MoveClockRequest): Promise<ClockMovedResponse> {
    const { now, jobsDone } = await this.mover.advance(advance_seconds * 1_000, { longestMs: LONGEST_MS });
    return { now, jobs_done: jobsDone };
  }
}
