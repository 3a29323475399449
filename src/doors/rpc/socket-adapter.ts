import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket, WebSocketServer } from 'ws';
import { WsAdapter } from '@nestjs/platform-ws';

type UpgradeListener = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/** Headers that are about the one connection, and so about the upgrade that is not made. */
const OF_THE_UPGRADE = /^(connection|upgrade|http2-settings)$/i;

/**
 * Plain WebSockets whose gateways take their frames themselves; what a client does wrong is no error of ours to log.
 */
export class SocketAdapter extends WsAdapter {
  /** Nest would parse each frame a second time, for handlers that our gateways do not have. */
  override bindMessageHandlers(): void {}

  override bindErrorHandler(server: WebSocketServer): WebSocketServer {
    server.on('connection', (socket: WebSocket) => socket.on('error', () => undefined));
    server.on('error', (error) => this.logger.error(error));
    return server;
  }

  /**
   * Nest hangs up on every other request that asks for an upgrade, and clients do so that could use HTTP/2 (`Upgrade:
   * h2c`) or have the path wrong. A server may ignore what it does not know (RFC 9110, 7.8), so these are served as
   * the HTTP requests that they are.
   */
  protected override ensureHttpServerExists(port: number, httpServer?: Server): Server | undefined {
    const server = super.ensureHttpServerExists(port, httpServer);
    if (!server) return undefined;
    const upgrades = server.listeners('upgrade') as UpgradeListener[];
    server.removeAllListeners('upgrade');
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      // Node has taken its own listener off, and an error that nobody hears ends the process
      socket.on('error', () => socket.destroy());
      if (this.isForGateway(port, request)) for (const upgrade of upgrades) upgrade(request, socket, head);
      else serveAsHttp(server, request, socket, head);
    });
    return server;
  }

  private isForGateway(port: number, { url = '', headers }: IncomingMessage): boolean {
    const path = url.split('?', 1)[0];
    return (
      headers.upgrade?.toLowerCase() === 'websocket' &&
      (this.wsServersRegistry.get(port) ?? []).some((gateway) => gateway.path === path)
    );
  }
}

/** Puts the request back before what follows it, without the wish for an upgrade. */
function serveAsHttp(
  server: Server,
  { method, url, httpVersion, rawHeaders }: IncomingMessage,
  socket: Socket,
  head: Buffer,
): void {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (!OF_THE_UPGRADE.test(rawHeaders[at]!)) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
