import type { IncomingMessage } from 'node:http';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { type OnGatewayConnection, WebSocketGateway } from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import { Authenticator, RateLimiter } from '../../auth/index.js';
import { Clock, newId } from '../../config/index.js';
import { Journal, LiveEvents, TransportWebsocketSession } from '../../operations/index.js';
import { Metrics } from '../../telemetry/index.js';
import { EventHub } from '../events/index.js';
import { CLOSE, ConnectionLimits, MAX_FRAME_BYTES } from './connection-limits.js';
import { RpcConnection } from './rpc-connection.js';
import { RpcDispatcher } from './rpc-dispatcher.js';

const DRAIN_MS = 5_000;

/** JSON-RPC over WebSocket: the connections, their heartbeat and their journal. */
@WebSocketGateway({ path: '/rpc', maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false })
export class RpcGateway implements OnGatewayConnection, OnModuleInit, BeforeApplicationShutdown {
  private readonly connections = new Set<RpcConnection>();
  private heartbeat: NodeJS.Timeout | undefined;
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
    this.metrics.gauge('herald_rpc_connections', 'Open JSON-RPC WebSockets', [], (gauge) => gauge.set(this.openConnections));
    this.authenticator.onRevocation((userId) => {
      for (const connection of this.connections) if (connection.mayBelongTo(userId)) void connection.checkCredentials();
    });
    this.heartbeat = setInterval(() => this.beat(), this.limits.heartbeatMs);
    this.heartbeat.unref();
  }

  get openConnections(): number {
    return this.connections.size;
  }

  handleConnection(socket: WebSocket, { headers, socket: { remoteAddress } }: IncomingMessage): void {
    if (this.isStopping) return socket.close(CLOSE.goingAway, 'the server is stopping');
    if (this.connections.size >= this.limits.maxConnections) return socket.close(CLOSE.tryLater, 'too many connections');
    const apiKey = headers['x-api-key'];
    const credentials = { authorization: headers.authorization, apiKey: Array.isArray(apiKey) ? apiKey[0] : apiKey, ip: remoteAddress ?? 'unknown' };
    const connection = new RpcConnection(socket, credentials, {
      authenticator: this.authenticator, limiter: this.limiter, dispatcher: this.dispatcher, liveEvents: this.liveEvents, hub: this.hub, limits: this.limits,
    });
    this.connections.add(connection);
    socket.on('close', () => {
      this.connections.delete(connection);
      this.record(connection);
    });
  }

  /** Every half minute; tests call it themselves. */
  beat(): void {
    for (const connection of this.connections) {
      connection.beat();
      void connection.checkCredentials();
      this.record(connection);
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.heartbeat);
    await Promise.all([...this.connections].map((connection) => connection.drain(DRAIN_MS)));
  }

  /** One row for what went over the connection since the last one; a quiet connection has none. */
  private record(connection: RpcConnection): void {
    const traffic = connection.takeTraffic();
    if (traffic.messages_received + traffic.messages_sent === 0) return;
    this.journal.record(TransportWebsocketSession, {
      entry_id: newId('ws'), session_id: connection.sessionId, timestamp: this.clock.iso(), ...traffic,
    });
  }
}
