import type { WebSocket, WebSocketServer } from 'ws';
import { WsAdapter } from '@nestjs/platform-ws';

/** Plain WebSockets whose gateways take their frames themselves; what a client does wrong is no error of ours to log. */
export class SocketAdapter extends WsAdapter {
  /** Nest would parse each frame a second time, for handlers that our gateways do not have. */
  override bindMessageHandlers(): void {}

  override bindErrorHandler(server: WebSocketServer): WebSocketServer {
    server.on('connection', (socket: WebSocket) => socket.on('error', () => undefined));
    server.on('error', (error) => this.logger.error(error));
    return server;
  }
}
