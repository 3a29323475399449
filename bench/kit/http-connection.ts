import { type Socket, connect } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

interface Waiting {
  resolve: (answer: HttpAnswer) => void;
  reject: (error: Error) => void;
}

const HEAD_END = '\r\n\r\n';

/**
 * One keep-alive connection that carries one JSON request at a time. It reads no more of HTTP than Herald's answers
 * need, because on two cores the load generator takes its share of what it measures.
 */
export class HttpConnection {
  private received: Buffer = Buffer.alloc(0);
  private waiting: Waiting | undefined;
  private ended: Error | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly commonHeaders: string,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (piece) => this.take(piece));
    socket.on('error', (error) => this.end(error));
    socket.on('close', () => this.end(new Error('the server closed the connection')));
  }

  static open(port: number, headers: Readonly<Record<string, string>> = {}): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(
          new HttpConnection(
            socket,
            ['Host: 127.0.0.1', ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join('\r\n'),
          ),
        );
      });
    });
  }

  /**
   * @throws Error when the connection breaks before the whole answer is there: what became of the request is then
   * unknown
   */
  request(method: string, path: string, body: object | undefined, headers = ''): Promise<HttpAnswer> {
    if (this.ended) return Promise.reject(this.ended);
    if (this.waiting) throw new Error('one request at a time');
    const payload = body === undefined ? '' : JSON.stringify(body);
    const content =
      body === undefined ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(payload)}\r\n`;
    this.socket.write(`${method} ${path} HTTP/1.1\r\n${this.commonHeaders}\r\n${headers}${content}\r\n${payload}`);
    return new Promise((resolve, reject) => (this.waiting = { resolve, reject }));
  }

  close(): void {
    this.socket.destroy();
  }

  private take(piece: Buffer): void {
    this.received = this.received.length === 0 ? piece : Buffer.concat([this.received, piece]);
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const head = this.received.toString('latin1', 0, headEnd);
    const length = head.startsWith('HTTP/1.1 204') ? '0' : /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) return this.end(new Error(`an answer without a content length:\n${head}`));
    const start = headEnd + HEAD_END.length;
    const end = start + Number(length);
    if (this.received.length < end) return;
    const body = this.received.toString('utf8', start, end);
    this.received = this.received.subarray(end);
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), body });
  }

  private end(error: Error): void {
    this.ended ??= error;
    this.waiting?.reject(this.ended);
    this.waiting = undefined;
    this.socket.destroy();
  }
}

/** Signs in over REST. @returns the header that carries the access token */
export async function signIn(
  port: number,
  credentials: { email: string; password: string },
): Promise<{ Authorization: string }> {
  const connection = await HttpConnection.open(port);
  try {
    const { status, body } = await connection.request('POST', '/api/v1/auth/login', credentials);
    if (status !== 200) throw new Error(`signing in answered ${status}: ${body}`);
    return { Authorization: `Bearer ${(JSON.parse(body) as { access_token: string }).access_token}` };
  } finally {
    connection.close();
  }
}
