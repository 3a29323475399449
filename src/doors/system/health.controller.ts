import { type BeforeApplicationShutdown, Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public, Unlimited } from '../../auth/index.js';
import { Clock, Settings } from '../../config/index.js';
import { ApiDocs, Choice, Instant, JsonObject, Num, Str } from '../../operations/index.js';
import { HealthRegistry } from '../../telemetry/index.js';
import { answerOf, productVersion } from '../openapi/index.js';

export class HealthResponse {
  @Choice(['up', 'down', 'stopping']) status!: string;
  @Str({ description: 'The version of this server' }) version!: string;
  @Choice(['all', 'api', 'worker'], { description: 'The part of the work that this process does' }) role!: string;
  @Instant({ description: "The server's time" }) now!: string;
  @Num({ min: 0, description: 'How long this process has been running' }) uptime_seconds!: number;
}

export class LivenessResponse {
  @Choice(['up']) status!: string;
}

export class ReadinessResponse {
  @Choice(['up', 'down', 'stopping']) status!: string;
  @JsonObject({
    description:
      'Each part that the server needs: `status`, `duration_ms`, for one that is down its `reason`, and a `note` where there is something to know',
    example: { database: { status: 'up', duration_ms: 0.2 } },
  })
  checks!: object;
  @Instant({
    optional: true,
    description: 'There when this server runs on a clock that only requests move (`HERALD_TEST_CLOCK`): its time',
  })
  test_clock?: string;
}

/** Open to anybody: what watches a server seldom has an account on it. */
@Public()
@Unlimited()
@ApiDocs(({ ApiTags }) => [ApiTags('system')])
@Controller()
export class HealthController implements BeforeApplicationShutdown {
  private readonly version = productVersion();
  private isStopping = false;

  constructor(
    private readonly health: HealthRegistry,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  beforeApplicationShutdown(): void {
    this.isStopping = true;
  }

  @Get('health')
  @ApiDocs(({ ApiOperation, ApiResponse }) => [
    ApiOperation({ operationId: 'system.health', summary: 'Version, role and uptime' }),
    ApiResponse(answerOf(HealthResponse)),
  ])
  summary(): HealthResponse {
    return {
      status: this.isStopping ? 'stopping' : 'up',
      version: this.version,
      role: this.settings.role,
      now: this.clock.iso(),
      uptime_seconds: Math.round(process.uptime()),
    };
  }

  @Get('api/health')
  @ApiDocs(({ ApiOperation, ApiResponse }) => [
    ApiOperation({ operationId: 'system.health.alias', summary: 'Version, role and uptime (another address)' }),
    ApiResponse(answerOf(HealthResponse)),
  ])
  summaryAlias(): HealthResponse {
    return this.summary();
  }

  @Get('api/agents/health')
  @ApiDocs(({ ApiOperation, ApiResponse }) => [
    ApiOperation({
      operationId: 'system.health.alias2',
      summary: 'Version, role and uptime (the address that agent frameworks expect)',
    }),
    ApiResponse(answerOf(HealthResponse)),
  ])
  agentsAlias(): HealthResponse {
    return this.summary();
  }

  @Get('health/live')
  @ApiDocs(({ ApiOperation, ApiResponse }) => [
    ApiOperation({ operationId: 'system.live', summary: 'Whether the process answers at all: if not, restart it' }),
    ApiResponse(answerOf(LivenessResponse)),
  ])
  live(): LivenessResponse {
    return { status: 'up' };
  }

  @Get('health/ready')
  @ApiDocs(({ ApiOperation, ApiResponse }) => [
    ApiOperation({
      operationId: 'system.ready',
      summary: 'Whether requests should be sent here, and what is down if not',
    }),
    ApiResponse(answerOf(ReadinessResponse)),
    ApiResponse(answerOf(ReadinessResponse, 503, 'Not ready: `checks` names what is down')),
  ])
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessResponse> {
    const { status, checks } = await this.health.report();
    const isReady = status === 'up' && !this.isStopping;
    reply.status(isReady ? 200 : 503);
    return {
      status: this.isStopping ? 'stopping' : status,
      checks,
      ...(this.settings.testClock !== undefined && { test_clock: this.clock.iso() }),
    };
  }
}
