import type { IncomingMessage } from 'node:http';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { type OnGatewayConnection, WebSocketGateway } from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import { Authenticator, RateLimiter, shownBy } from '../../auth/index.js';
import { Clock, newId } from '../../config/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { Journal } from '../../operations/index.js';
import { Metrics } from '../../telemetry/index.js';
import { EventHub } from '../events/index.js';
import { CLOSE, ConnectionLimits, MAX_FRAME_BYTES } from './connection-limits.js';
import { RpcConnection } from './rpc-connection.js';
import { RpcDispatcher } from './rpc-dispatcher.js';

const DRAIN_MS = 5_000;
/** Parts of the heartbeat's interval: thousands of pings at once would keep calls waiting. */
const BEATS = 60;

/** JSON-RPC over WebSocket: the connections, their heartbeat and their journal. */
@WebSocketGateway({ path: '/rpc', maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false })
export class RpcGateway implements OnGatewayConnection, OnModuleInit, BeforeApplicationShutdown {
  /** Each with the part of the interval in which it has its beat. */
  private readonly connections = new Map<RpcConnection, number>();
  private heartbeat: NodeJS.Timeout | undefined;
  private beats = 0;
  private isStopping = false;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly limiter: RateLimiter,
    private readonly dispatcher: RpcDispatcher,
    private readonly liveEvents: LiveEvents,
    private readonly hub: EventHub,
    private readonly limits: ConnectionLimits,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge('herald_rpc_connections', 'Open JSON-RPC WebSockets', [], (gauge) =>
      gauge.set(this.openConnections),
    );
    this.authenticator.onRevocation((userId) => {
      void checkCredentials([...this.connections.keys()].filter((connection) => connection.mayBelongTo(userId)));
    });
    this.heartbeat = setInterval(() => this.beat(this.beats++ % BEATS), this.limits.heartbeatMs / BEATS);
    this.heartbeat.unref();
  }

  get openConnections(): number {
    return this.connections.size;
  }

  handleConnection(socket: WebSocket, { headers, socket: stream }: IncomingMessage): void {
    if (this.isStopping) return socket.close(CLOSE.goingAway, 'the server is stopping');
    if (this.connections.size >= this.limits.maxConnections)
      return socket.close(CLOSE.tryLater, 'too many connections');
    const credentials = shownBy({ headers, ip: stream.remoteAddress ?? 'unknown' });
    const connection = new RpcConnection(socket, stream, credentials, {
      authenticator: this.authenticator,
      limiter: this.limiter,
      dispatcher: this.dispatcher,
      liveEvents: this.liveEvents,
      hub: this.hub,
      limits: this.limits,
    });
    this.connections.set(connection, this.connections.size % BEATS);
    socket.on('close', () => {
      this.connections.delete(connection);
      this.record(connection);
    });
  }

  /** For those whose part of the half minute it is; tests call it themselves, for all. */
  beat(part?: number): void {
    const due = [...this.connections]
      .filter(([, own]) => part === undefined || own === part)
      .map(([connection]) => connection);
    for (const connection of due) {
      connection.beat();
      this.record(connection);
    }
    void checkCredentials(due);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.heartbeat);
    await Promise.all([...this.connections.keys()].map((connection) => connection.drain(DRAIN_MS)));
  }

  /** One row for what went over the connection since the last one; a quiet connection has none. */
  private record(connection: RpcConnection): void {
    const traffic = connection.takeTraffic();
    if (traffic.messages_received + traffic.messages_sent === 0) return;
    this.journal.recordTraffic({
      entry_id: newId('ws'),
      session_id: connection.sessionId,
      timestamp: this.clock.iso(),
      ...traffic,
    });
  }
}

/** One after another: those with the same credentials then share one look into the database. */
async function checkCredentials(connections: readonly RpcConnection[]): Promise<void> {
  for (const connection of connections) await connection.checkCredentials();
}
