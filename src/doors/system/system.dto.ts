import { Choice, Instant, JsonObject, Num, Str } from '../../operations/index.js';

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
    description: 'Each part that the server needs: `status`, `duration_ms`, and for one that is down its `reason`',
    example: { database: { status: 'up', duration_ms: 0.2 } },
  })
  checks!: object;
}
