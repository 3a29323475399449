import { WebSocket } from 'ws';
import type { Authenticator, RateLimiter, ShownCredentials } from '../../auth/index.js';
import { newId } from '../../config/index.js';
import { type Principal, Str, limited, unauthenticated, validateRequest } from '../../operations/index.js';
import { answerText } from './answer-message.js';
import { readParams } from './call-params.js';
import { CLOSE, CONNECTION_LIMITS as LIMITS } from './connection-limits.js';
import { type RpcCall, type RpcId, type RpcMessage, isBroken, parseMessage } from './envelope.js';
import type { RpcDispatcher } from './rpc-dispatcher.js';
import { toAppError, toRpcError } from './rpc-error.js';

export const AUTHENTICATE = 'session.authenticate';

class AuthenticateRequest {
  @Str({ optional: true, min: 1, max: 4_096, description: 'An access token' }) token?: string;
  @Str({ optional: true, min: 1, max: 4_096 }) api_key?: string;
}

export interface ConnectionServices {
  readonly authenticator: Authenticator;
  readonly limiter: RateLimiter;
  readonly dispatcher: RpcDispatcher;
}

/** What went over a connection since it was last asked. */
export interface Traffic { messages_sent: number; messages_received: number; bytes_in: number; bytes_out: number }

const noTraffic = (): Traffic => ({ messages_sent: 0, messages_received: 0, bytes_in: 0, bytes_out: 0 });

/**
 * One WebSocket: takes its frames in, keeps to the limits, and sends what the dispatcher answers. Messages run side by side
 * and are answered as they finish; `session.authenticate` runs alone.
 */
export class RpcConnection {
  readonly sessionId = newId('wss');
  private readonly waiting: string[] = [];
  private inFlight = 0;
  private isSigningIn = false;
  private isDraining = false;
  private missedPongs = 0;
  private traffic = noTraffic();
  private readonly signInTimer: NodeJS.Timeout | undefined;
  private whenIdle: (() => void) | undefined;

  constructor(private readonly socket: WebSocket, private credentials: ShownCredentials, private readonly services: ConnectionServices) {
    if (!this.hasCredentials()) {
      this.signInTimer = setTimeout(() => this.turnAway(null, `send ${AUTHENTICATE} within ${LIMITS.signInMs / 1000} s`), LIMITS.signInMs);
      this.signInTimer.unref();
    }
    socket.on('message', (frame: Buffer, isBinary: boolean) => this.take(frame, isBinary));
    socket.on('pong', () => (this.missedPongs = 0));
    socket.on('close', () => {
      clearTimeout(this.signInTimer);
      this.waiting.length = 0;
    });
  }

  /** Asks whether the other side is still there, and gives up on it after too much silence. */
  beat(): void {
    // while we do not read, its pongs cannot arrive
    if (this.socket.isPaused) return;
    if (this.missedPongs++ >= LIMITS.maxMissedPongs) this.socket.terminate();
    else this.socket.ping();
  }

  takeTraffic(): Traffic {
    const { traffic } = this;
    this.traffic = noTraffic();
    return traffic;
  }

  /** Takes no more messages, lets those under way finish (as long as `patienceMs`), and says goodbye. */
  async drain(patienceMs: number): Promise<void> {
    this.isDraining = true;
    this.waiting.length = 0;
    if (this.inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.whenIdle = resolve;
        setTimeout(resolve, patienceMs).unref();
      });
    }
    await this.close(CLOSE.goingAway, 'the server is stopping');
  }

  /** Resolves when the socket is closed, which it is after the grace period whatever the other side does. */
  close(code: number, reason: string): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.socket.terminate(), LIMITS.closeGraceMs);
      this.socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      // reads on, for the other side's close frame
      this.socket.resume();
      this.socket.close(code, reason);
    });
  }

  private take(frame: Buffer, isBinary: boolean): void {
    if (this.socket.readyState !== WebSocket.OPEN || this.isDraining) return;
    this.traffic.messages_received++;
    this.traffic.bytes_in += frame.length;
    if (isBinary) return void this.close(CLOSE.binary, 'JSON-RPC goes in text frames');
    if (frame.length > LIMITS.maxStrangerFrameBytes && !this.hasCredentials()) return void this.close(CLOSE.tooBig, 'sign in first');
    this.waiting.push(frame.toString('utf8'));
    this.runWaiting();
  }

  private runWaiting(): void {
    while (this.waiting.length > 0 && this.inFlight < LIMITS.maxInFlight && !this.isSigningIn) {
      if (this.socket.readyState !== WebSocket.OPEN) return;
      this.inFlight++;
      void this.handle(this.waiting.shift()!).finally(() => {
        if (--this.inFlight === 0) this.whenIdle?.();
        this.runWaiting();
      });
    }
    const isFull = this.waiting.length > 0 || this.inFlight >= LIMITS.maxInFlight;
    if (isFull && !this.socket.isPaused) this.socket.pause();
    else if (!isFull && this.socket.isPaused) this.socket.resume();
  }

  private async handle(text: string): Promise<void> {
    const message = parseMessage(text);
    const signIn = signInOf(message);
    if (signIn) {
      this.isSigningIn = true;
      return this.signIn(signIn).finally(() => (this.isSigningIn = false));
    }
    const principal = await this.identify(this.credentials).catch((error: unknown) => this.turnAway(idOf(message), error));
    if (!principal) return;
    const answer = await this.services.dispatcher.answer(message, { principal, transport: 'WebSocket', requestId: newId('req'), countedCalls: 0 });
    if (answer !== undefined) this.send(answer);
  }

  private async signIn({ id, params }: RpcCall): Promise<void> {
    try {
      const { ip } = this.credentials;
      const allowance = this.services.limiter.take({ ip });
      if (allowance?.isAllowed === false) throw limited(`more than ${allowance.limit} requests a minute`, allowance.retryAfterSeconds);
      const { token, api_key: apiKey } = validateRequest(AuthenticateRequest, readParams(AuthenticateRequest, params).input);
      const credentials = { ip, apiKey, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
      const { name, kind, scopes } = await this.identify(credentials);
      this.credentials = credentials;
      clearTimeout(this.signInTimer);
      if (id !== undefined) this.send(answerText(id, { result: { session_id: this.sessionId, name, kind, scopes: [...scopes].sort() } }));
    } catch (error) {
      this.turnAway(id ?? null, error);
    }
  }

  /** Anew for each message: a credential that was revoked meanwhile ends here. The authenticator remembers for seconds. */
  private identify(credentials: ShownCredentials): Promise<Principal> {
    if (credentials.authorization === undefined && credentials.apiKey === undefined) {
      return Promise.reject(unauthenticated(`sign in first: ${AUTHENTICATE} with token or api_key, or the header at connecting`));
    }
    return this.services.authenticator.authenticate(credentials);
  }

  private turnAway(id: RpcId, reason: unknown): void {
    const error = typeof reason === 'string' ? unauthenticated(reason) : toAppError(reason);
    this.send(answerText(id, { error: toRpcError(error, newId('req')) }));
    const isOurs = error.kind === 'limit' || error.kind === 'unavailable' || error.kind === 'internal';
    void this.close(isOurs ? CLOSE.tryLater : CLOSE.unauthenticated, error.code);
  }

  private send(text: string): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    if (this.socket.bufferedAmount > LIMITS.maxBufferedBytes) return void this.close(CLOSE.tryLater, 'answers are not being read');
    this.traffic.messages_sent++;
    this.traffic.bytes_out += Buffer.byteLength(text);
    this.socket.send(text);
  }

  private hasCredentials(): boolean {
    return this.credentials.authorization !== undefined || this.credentials.apiKey !== undefined;
  }
}

function signInOf(message: RpcMessage): RpcCall | undefined {
  if (message.kind !== 'single' || isBroken(message.entry)) return undefined;
  return message.entry.method === AUTHENTICATE ? message.entry : undefined;
}

function idOf(message: RpcMessage): RpcId {
  return message.kind === 'single' ? (message.entry.id ?? null) : null;
}
