// The suite cannot send a token: this proxy on the loopback interface adds it, and changes nothing else on the way there or back.
import { createServer, request } from 'node:http';

/**
 * @param {{ port: number, token: string }} target the server's port on 127.0.0.1, and the token that it wants
 * @returns {Promise<{ port: number, close: () => void }>}
 */
export async function startTokenProxy({ port, token }) {
  const proxy = createServer((incoming, outgoing) => {
    const headers = [...incoming.rawHeaders, 'Authorization', `Bearer ${token}`];
    const onward = request({ host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers, setHost: false, agent: false });
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode, answer.statusMessage, answer.rawHeaders);
      // an event stream's head must not wait for its first event
      outgoing.flushHeaders();
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    onward.on('error', () => outgoing.destroy());
    // whoever hangs up is seen on the other side too
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    port: proxy.address().port,
    close: () => {
      proxy.close();
      proxy.closeAllConnections();
    },
  };
}
