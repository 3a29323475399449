import type { Writable } from 'node:stream';
import { WebSocket } from 'ws';
import type { Authenticator, RateLimiter, ShownCredentials } from '../../auth/index.js';
import { newId } from '../../config/index.js';
import type { LiveEvents } from '../../live-events/index.js';
import { AppError, unauthenticated } from '../../errors/index.js';
import { type Principal, Str, validateRequest } from '../../operations/index.js';
import type { EventHub } from '../events/index.js';
import { toAppError } from '../wire/index.js';
import { CLOSE, type ConnectionLimits } from './connection-limits.js';
import { answerText, isBroken, parseMessage, type RpcCall, type RpcMessage, toRpcError } from './envelope.js';
import { EventSubscriptions } from './event-subscriptions.js';
import type { RpcDispatcher } from './rpc-dispatcher.js';
import { AUTHENTICATE, readParams } from './rpc-methods.js';

class AuthenticateRequest {
  @Str({ optional: true, min: 1, max: 4_096, description: 'An access token' }) token?: string;
  @Str({ optional: true, min: 1, max: 4_096 }) api_key?: string;
}

export interface ConnectionServices {
  readonly authenticator: Authenticator;
  readonly limiter: RateLimiter;
  readonly dispatcher: RpcDispatcher;
  readonly liveEvents: LiveEvents;
  readonly hub: EventHub;
  readonly limits: ConnectionLimits;
}

/** What went over a connection since it was last asked. */
export interface Traffic {
  messages_sent: number;
  messages_received: number;
  bytes_in: number;
  bytes_out: number;
}

const noTraffic = (): Traffic => ({ messages_sent: 0, messages_received: 0, bytes_in: 0, bytes_out: 0 });

/**
 * One WebSocket: takes its frames in, keeps to the limits, and sends what the dispatcher answers. Messages run side
 * by side and are answered as they finish; `session.authenticate` runs alone.
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
  /** Who was last found to be behind the credentials. */
  private principal: Principal | undefined;
  private readonly subscriptions: EventSubscriptions;
  /** Since when the other side has taken nothing of what waits for it. */
  private stalledSince: number | undefined;
  private isGathering = false;

  constructor(
    private readonly socket: WebSocket,
    /** What the WebSocket writes to. */
    private readonly stream: Writable,
    private credentials: ShownCredentials,
    private readonly services: ConnectionServices,
  ) {
    const { limits, liveEvents, hub } = services;
    this.subscriptions = new EventSubscriptions(liveEvents, hub, limits, this.eventLink());
    if (this.hasCredentials()) void this.checkCredentials();
    else {
      this.signInTimer = setTimeout(
        () => this.turnAwayUnasked(unauthenticated(`send ${AUTHENTICATE} within ${limits.signInMs / 1000} s`)),
        limits.signInMs,
      );
      this.signInTimer.unref();
    }
    socket.on('message', (frame: Buffer, isBinary: boolean) => this.take(frame, isBinary));
    socket.on('pong', () => (this.missedPongs = 0));
    socket.on('close', () => {
      clearTimeout(this.signInTimer);
      this.waiting.length = 0;
      this.subscriptions.stop();
    });
  }

  /** Asks whether the other side is still there, and gives up on it after too much silence. */
  beat(): void {
    const { maxStallMs, maxMissedPongs } = this.services.limits;
    if (this.stalledSince !== undefined && performance.now() - this.stalledSince > maxStallMs) {
      return void this.close(CLOSE.tryLater, 'what was sent is not being read');
    }
    // while we do not read, its pongs cannot arrive
    if (this.socket.isPaused) return;
    if (this.missedPongs++ >= maxMissedPongs) this.socket.terminate();
    else this.socket.ping();
  }

  /** Whether the credentials may be those of this user, or a key of theirs. */
  mayBelongTo(userId: string): boolean {
    return this.principal === undefined || this.principal.kind === 'api_key' || this.principal.id === userId;
  }

  /** Cuts the connection if its credentials have ended, though it may say nothing. */
  async checkCredentials(): Promise<void> {
    if (!this.hasCredentials() || this.isDraining || this.socket.readyState !== WebSocket.OPEN) return;
    const { credentials } = this;
    try {
      this.subscriptions.readAs(await this.identify(credentials));
    } catch (error) {
      // a fault of ours is no reason, and it may have signed in anew meanwhile
      if (error instanceof AppError && error.kind === 'unauthenticated' && credentials === this.credentials)
        this.turnAwayUnasked(error);
    }
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
    this.subscriptions.stop();
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
      const timer = setTimeout(() => this.socket.terminate(), this.services.limits.closeGraceMs);
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
    if (frame.length > this.services.limits.maxStrangerFrameBytes && !this.hasCredentials())
      return void this.close(CLOSE.tooBig, 'sign in first');
    this.waiting.push(frame.toString('utf8'));
    this.runWaiting();
  }

  private runWaiting(): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    while (this.waiting.length > 0 && !this.isFull && !this.isSigningIn) {
      this.inFlight++;
      void this.handle(this.waiting.shift()!).finally(() => {
        if (--this.inFlight === 0) this.whenIdle?.();
        this.runWaiting();
      });
    }
    if (this.waiting.length > 0 || this.isFull) this.socket.pause();
    else if (this.socket.isPaused) this.socket.resume();
  }

  /** Whether no more may be run before something has been answered, and the answers taken. */
  private get isFull(): boolean {
    const { maxInFlight, maxBufferedBytes } = this.services.limits;
    return this.inFlight >= maxInFlight || this.socket.bufferedAmount >= maxBufferedBytes;
  }

  private async handle(text: string): Promise<void> {
    const message = parseMessage(text);
    const signIn = signInOf(message);
    if (signIn) {
      this.isSigningIn = true;
      return this.signIn(signIn).finally(() => (this.isSigningIn = false));
    }
    const {
      subscriptions,
      services: { dispatcher },
    } = this;
    const caller = { transport: 'WebSocket', requestId: newId('req'), subscriptions } as const;
    let principal: Principal;
    try {
      principal = await this.identify(this.credentials);
    } catch (error) {
      return this.turnAway(error, await dispatcher.refuse(message, error, { ...caller, principal: this.principal }));
    }
    const answer = await dispatcher.answer(message, { ...caller, principal, countedCalls: 0 });
    if (answer !== undefined) this.send(answer);
    subscriptions.begin();
  }

  private async signIn(call: RpcCall): Promise<void> {
    const caller = { transport: 'WebSocket' as const, requestId: newId('req'), principal: this.principal };
    let failure: unknown;
    const outcome = await this.services.dispatcher.perform(call, caller, async () => {
      try {
        const { name, kind, scopes } = (caller.principal = await this.changeCredentials(call));
        return { session_id: this.sessionId, name, kind, scopes: [...scopes].sort() };
      } catch (error) {
        failure = error;
        throw error;
      }
    });
    const answer = call.id === undefined ? undefined : answerText(call.id, outcome);
    if (failure !== undefined) this.turnAway(failure, answer);
    else if (answer !== undefined) this.send(answer);
  }

  private async changeCredentials({ params }: RpcCall): Promise<Principal> {
    const { ip } = this.credentials;
    this.services.limiter.count({ ip });
    const { token, api_key: apiKey } = validateRequest(
      AuthenticateRequest,
      readParams(AuthenticateRequest, params).input,
    );
    const credentials = { ip, apiKey, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
    const principal = await this.identify(credentials);
    this.credentials = credentials;
    this.subscriptions.readAs(principal);
    clearTimeout(this.signInTimer);
    return principal;
  }

  /**
   * Anew for each message: a credential that was revoked meanwhile ends here. The authenticator remembers for
   * seconds.
   */
  private async identify(credentials: ShownCredentials): Promise<Principal> {
    if (credentials.authorization === undefined && credentials.apiKey === undefined) {
      throw unauthenticated(`sign in first: ${AUTHENTICATE} with token or api_key, or the header at connecting`);
    }
    this.principal = await this.services.authenticator.authenticate(credentials);
    return this.principal;
  }

  private turnAwayUnasked(error: AppError): void {
    this.turnAway(error, answerText(null, { error: toRpcError(error, newId('req')) }));
  }

  private turnAway(reason: unknown, answer: string | undefined): void {
    if (answer !== undefined) this.send(answer);
    const { kind, code } = toAppError(reason);
    const isOurs = kind === 'limit' || kind === 'unavailable' || kind === 'internal';
    void this.close(isOurs ? CLOSE.tryLater : CLOSE.unauthenticated, code);
  }

  private send(text: string): void {
    const { socket, traffic } = this;
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > this.services.limits.mostBufferedBytes)
      return void this.close(CLOSE.tryLater, 'answers are not being read');
    traffic.messages_sent++;
    traffic.bytes_out += Buffer.byteLength(text);
    this.stalledSince ??= performance.now();
    this.gather();
    socket.send(text, () => this.taken());
  }

  /** What is sent in one turn goes out in one write: answers come together, as the calls did. */
  private gather(): void {
    if (this.isGathering) return;
    this.isGathering = true;
    this.stream.cork();
    process.nextTick(() => {
      this.isGathering = false;
      this.stream.uncork();
    });
  }

  private taken(): void {
    this.stalledSince = this.socket.bufferedAmount > 0 ? performance.now() : undefined;
    if (this.socket.isPaused) this.runWaiting();
    this.subscriptions.onTaken();
  }

  private eventLink() {
    const { socket } = this;
    return {
      get bufferedBytes(): number {
        return socket.bufferedAmount;
      },
      get isOpen(): boolean {
        return socket.readyState === WebSocket.OPEN;
      },
      notify: (text: string) => this.send(text),
      fail: () => void this.close(CLOSE.tryLater, 'events could not be read'),
    };
  }

  private hasCredentials(): boolean {
    return this.credentials.authorization !== undefined || this.credentials.apiKey !== undefined;
  }
}

function signInOf(message: RpcMessage): RpcCall | undefined {
  if (message.kind !== 'single' || isBroken(message.entry)) return undefined;
  return message.entry.method === AUTHENTICATE ? message.entry : undefined;
}
