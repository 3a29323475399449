import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { type Command, Option } from 'commander';
import type * as Auth from '../auth/index.js';
import type { Principal } from '../operations/index.js';
import { openAppContext } from './app-context.js';

interface McpFlags {
  readonly apiKey?: string;
  readonly scopes?: string;
  readonly work?: boolean;
  readonly tools?: 'short' | 'all';
}

/** Where a caller comes from who shares the machine. */
const LOCAL = '127.0.0.1';
/** How often it is looked whether the key is still good. */
const KEY_CHECK_MS = 15_000;
const MOST_LISTENED = 500;
/** Deciding in the inbox is for people; no door for models leads there. */
const DECIDING = 'approvals:decide';

const HELP = `
For MCP clients that start their servers themselves. It works on the same data as a server, whether one is running or not.
Without a key the client acts as the local operator, with the scopes of --scopes; with one it may do what the key may.
Standard output carries the protocol and nothing else; the log goes to standard error (LOG_LEVEL, default warn).
What the calls set going (handoffs, messages) is done by the server, or by this process with --work, as long as no
other process has the queue: a server on the same folder cannot start while this one has it.`;

export function register(program: Command): void {
  program
    .command('mcp')
    .description('speak the Model Context Protocol on standard input and output')
    .addOption(new Option('--api-key <key>', 'act as this API key').env('HERALD_API_KEY'))
    .option(
      '--scopes <list>',
      'what the local operator may do, separated by commas (default: all that a manager may, but for approvals:decide)',
    )
    .addOption(
      new Option('--tools <list>', 'which tools are listed: those for a marketer, or all')
        .choices(['short', 'all'])
        .default('short'),
    )
    .option('--work', 'also do the work in the queue, if no server does')
    .addHelpText('after', HELP)
    .action(serve);
}

async function serve({ apiKey, scopes, work, tools = 'short' }: McpFlags): Promise<void> {
  const [{ Changes, McpServerFactory, Reader }, auth, { serveStdio, StdioServerTransport }] = await Promise.all([
    import('../doors/mcp/index.js'),
    import('../auth/index.js'),
    import('@modelcontextprotocol/server/stdio'),
  ]);
  const operator = localOperator(auth, scopes);
  const context = await openAppContext({ queue: work ? 'if-free' : 'detached' });
  try {
    const authenticate = () => context.get(auth.Authenticator).authenticate({ apiKey, ip: LOCAL });
    const reader = new Reader(apiKey === undefined ? operator : await authenticate());
    const listensTo = new Set<string>();
    const transport = new StdioServerTransport();
    const closed = closingOf(transport);
    const server = serveStdio(
      ({ era }) => context.get(McpServerFactory).create({ reader, era, transport: 'stdio', listensTo, tools }),
      { transport, onerror: ({ message }) => void process.stderr.write(`herald mcp: ${message}\n`) },
    );
    noteListening(transport, listensTo, () => context.get(Changes).expect(listensTo));
    const end = () => void server.close();
    process.once('SIGTERM', end).once('SIGINT', end);
    const stopChecking =
      apiKey === undefined ? undefined : keepChecking(authenticate, (principal) => reader.become(principal), end);
    await closed;
    stopChecking?.();
  } finally {
    await context.close();
  }
}

/**
 * Resolves when the connection is over: the client closed standard input, an error ended it, or this process is told
 * to stop.
 */
function closingOf(transport: { close(): Promise<void> }): Promise<void> {
  const close = transport.close.bind(transport);
  return new Promise((resolve) => {
    // serving sets the transport's onclose for itself
    transport.close = async () => {
      await close();
      resolve();
    };
  });
}

interface Incoming {
  onmessage?: (message: JSONRPCMessage) => void;
}

/**
 * The SDK answers `subscriptions/listen` itself; what is listened to is written down here and looked at before the
 * answer goes out.
 */
function noteListening(transport: Incoming, listensTo: Set<string>, expect: () => Promise<void>): void {
  const deliver = transport.onmessage;
  let delivered = Promise.resolve();
  transport.onmessage = (message) => {
    const { method, params } = message as {
      method?: string;
      params?: { notifications?: { resourceSubscriptions?: unknown } };
    };
    const uris = params?.notifications?.resourceSubscriptions;
    for (const uri of method === 'subscriptions/listen' && Array.isArray(uris) ? (uris as unknown[]) : []) {
      if (typeof uri === 'string' && listensTo.size < MOST_LISTENED) listensTo.add(uri);
    }
    const isReady = method === 'subscriptions/listen' ? expect : () => undefined;
    // one after the other, as they came
    delivered = delivered
      .then(isReady)
      .catch(() => undefined)
      .then(() => deliver?.(message));
  };
}

/**
 * A key that is revoked or expires ends the connection; one whose owner has another role does more or less from then
 * on.
 */
function keepChecking(
  authenticate: () => Promise<Principal>,
  become: (principal: Principal) => void,
  end: () => void,
): () => void {
  const timer = setInterval(() => {
    authenticate()
      .then(become)
      .catch((error: Error) => {
        process.stderr.write(`herald mcp: ${error.message}\n`);
        end();
      });
  }, KEY_CHECK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** @throws Error for a scope that is not one, or that is not given here */
function localOperator({ SCOPES, scopesOfRole }: typeof Auth, list: string | undefined): Principal {
  const given =
    list
      ?.split(',')
      .map((each) => each.trim())
      .filter(Boolean) ?? [...scopesOfRole('manager')].filter((scope) => scope !== DECIDING);
  const offered = new Set<string>(SCOPES.filter((scope) => scope !== DECIDING));
  const unknown = given.filter((scope) => !offered.has(scope));
  if (unknown.length > 0) throw new Error(`--scopes: ${unknown.join(', ')} is not one of ${[...offered].join(', ')}`);
  return { id: 'local-operator', kind: 'user', name: 'local operator', scopes: new Set(given), ip: LOCAL };
}
