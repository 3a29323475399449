import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, type Socket, createServer } from 'node:net';

/** What a mail server says to RCPT TO for an address; undefined is a yes. */
export type RecipientAnswer = (address: string) => string | undefined;

/** The mail relay and the receiver of the other channels, which take all that is not refused and keep nothing. */
export interface Wires {
  readonly smtpUrl: string;
  readonly webhookUrl: string;
  /** Nobody is let in at the mail relay. */
  isDown: boolean;
  stop(): Promise<void>;
}

export async function startWires(answer: RecipientAnswer): Promise<Wires> {
  const sockets = new Set<Socket>();
  const mail = createServer((socket) => {
    if (wires.isDown) return void socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    converse(socket, answer);
  });
  const web = createHttpServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
  });
  for (const server of [mail, web]) await once(server.listen(0, '127.0.0.1'), 'listening');
  const portOf = (server: typeof mail | typeof web): number => (server.address() as AddressInfo).port;
  const wires: Wires = {
    smtpUrl: `smtp://127.0.0.1:${portOf(mail)}`,
    webhookUrl: `http://127.0.0.1:${portOf(web)}/`,
    isDown: false,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      web.closeAllConnections();
      await Promise.all([mail, web].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
  return wires;
}

function converse(socket: Socket, answer: RecipientAnswer): void {
  let buffer = '';
  let isText = false;
  const reply = (line: string): void => void socket.write(`${line}\r\n`);
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    buffer += chunk;
    for (;;) {
      const sign = isText ? '\r\n.\r\n' : '\r\n';
      const end = buffer.indexOf(sign);
      if (end < 0) return;
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + sign.length);
      if (isText) reply('250 taken');
      else if (/^RCPT TO/i.test(line)) reply(answer(/<([^>]*)>/.exec(line)?.[1] ?? '') ?? '250 ok');
      else if (/^DATA/i.test(line)) reply('354 go on');
      else if (/^QUIT/i.test(line)) {
        reply('221 bye');
        socket.end();
      } else reply('250 ok');
      isText = !isText && /^DATA/i.test(line);
    }
  });
  reply('220 bench ready');
}
