import { type AddressInfo, type Socket, createServer } from 'node:net';

export interface SinkMail {
  from: string;
  to: string[];
  /** Headers and text as they came over the wire, dots unstuffed. */
  source: string;
}

export interface SinkScript {
  /** Replies to RCPT TO and to the end of the text, for each recipient or all; null closes the connection instead. */
  rcpt?: SinkReply;
  text?: SinkReply;
  /** Nobody is let in. */
  isDown?: boolean;
}

/** What is left undefined is taken. */
type SinkReply = string | null | ((address: string) => string | null | undefined);

function replyTo(address: string, reply: SinkReply | undefined, good: string): string | null {
  const answer = typeof reply === 'function' ? reply(address) : reply;
  return answer === undefined ? good : answer;
}

/** A mail server that keeps what it is given, on a free port of this machine. `script` may be changed between mails. */
export async function startSmtpSink() {
  const mails: SinkMail[] = [];
  const sockets = new Set<Socket>();
  const sink = { mails, script: {} as SinkScript, url: '', stop };
  const server = createServer((socket) => {
    if (sink.script.isDown) return void socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    converse(socket, mails, () => sink.script);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  sink.url = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return sink;

  async function stop(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

function converse(socket: Socket, mails: SinkMail[], script: () => SinkScript): void {
  let buffer = '';
  let mail: SinkMail = { from: '', to: [], source: '' };
  let isText = false;
  const reply = (line: string | null) => void (line === null ? socket.destroy() : socket.write(`${line}\r\n`));

  socket.setEncoding('utf8').on('data', (chunk: string) => {
    buffer += chunk;
    for (;;) {
      const end = buffer.indexOf(isText ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const part = buffer.slice(0, end);
      buffer = buffer.slice(end + (isText ? 5 : 2));
      if (isText) endOfText(part);
      else command(part);
    }
  });
  reply('220 sink ready');

  function command(line: string): void {
    const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
    if (/^(EHLO|HELO)/i.test(line)) reply('250 sink');
    else if (/^MAIL FROM/i.test(line)) {
      mail = { from: address, to: [], source: '' };
      reply('250 ok');
    } else if (/^RCPT TO/i.test(line)) {
      const answer = replyTo(address, script().rcpt, '250 ok');
      if (answer?.startsWith('250')) mail.to.push(address);
      reply(answer);
    } else if (/^DATA/i.test(line)) {
      isText = true;
      reply('354 go on');
    } else if (/^QUIT/i.test(line)) {
      reply('221 bye');
      socket.end();
    } else reply('500 what?');
  }

  function endOfText(text: string): void {
    isText = false;
    const answer = replyTo(mail.to[0] ?? '', script().text, '250 taken');
    if (answer?.startsWith('250')) mails.push({ ...mail, source: text.replace(/^\.\./gm, '.') });
    reply(answer);
  }
}
