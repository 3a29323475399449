import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A JSON-RPC connection over WebSocket that matches answers to calls. */
export class RpcSocket {
  private readonly waiting = new Map<number, (answer: { result?: unknown; error?: { message: string } }) => void>();
  private lastId = 0;
  private readonly ends = new Set<(error: Error) => void>();

  private constructor(
    readonly socket: WebSocket,
    onNotification: (params: unknown) => void,
  ) {
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as {
        id?: number;
        params?: unknown;
        result?: unknown;
        error?: { message: string };
      };
      if (message.id == null) return onNotification(message.params);
      const answer = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      answer?.(message);
    });
    socket.on('close', (code: number) => {
      for (const reject of this.ends) reject(new Error(`the server closed the connection with ${code}`));
    });
  }

  static async open(
    port: number,
    headers: Readonly<Record<string, string>>,
    onNotification: (params: unknown) => void = () => undefined,
  ): Promise<RpcSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, { headers, perMessageDeflate: false });
    await once(socket, 'open');
    return new RpcSocket(socket, onNotification);
  }

  /** @throws Error for an answer that is an error, and when the connection ends first */
  call(method: string, params: object): Promise<unknown> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.ends.add(reject);
      this.waiting.set(id, ({ result, error }) => {
        this.ends.delete(reject);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result);
      });
      this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  }

  close(): void {
    this.socket.terminate();
  }
}

/** Opens many, so many at a time. */
export async function openSockets<T>(count: number, open: (index: number) => Promise<T>, atOnce = 100): Promise<T[]> {
  const opened: T[] = [];
  for (let start = 0; start < count; start += atOnce) {
    opened.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(atOnce, count - start) }, (_, index) => open(start + index)),
      )),
    );
  }
  return opened;
}
