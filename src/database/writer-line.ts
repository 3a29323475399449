import { storeBusy } from './store-fault.js';

/** How long work that nobody waits for lets requests go first. */
export interface Patience {
  /** It has waited so long already, since it was due. Milliseconds. */
  readonly waitedMs: number;
  /** When it has waited this long it takes turns with requests. Milliseconds. */
  readonly patienceMs: number;
}

/** For what is done beside, such as counting and tidying. */
export const IN_BACKGROUND: Patience = { waitedMs: 0, patienceMs: 5_000 };

/** For the few rows that the server writes to carry on its work: it takes turns with requests from the start. */
export const IN_TURN: Patience = { waitedMs: 0, patienceMs: 0 };

/** After this without requests that wait for each other, there is no rush any more. */
const QUIET_MS = 3;
/** After this without any request there is nobody to be kept waiting by a long unit. */
const IDLE_MS = 100;
/** Of the time of background work that goes before requests: what they have after it at least. */
const LEAST_SHARE = 0.25;

interface Ticket {
  readonly patience: Patience | undefined;
  readonly joinedAt: number;
  readonly go: () => void;
  readonly giveUp: (error: Error) => void;
}

/**
 * Who writes next, where one unit may write at a time. Requests go first, in the order in which they came; what runs in
 * the background goes while no request is there, or once its patience has ended. Then it takes turns with requests: as
 * much time for them as it had, and the less the further it has fallen behind, so that a server that is given more than
 * it can do slows its clients down and not the work that follows from what it has accepted.
 */
export class WriterLine {
  private readonly requests: Ticket[] = [];
  private readonly background: Ticket[] = [];
  private current: Ticket | undefined;
  private startedAt = 0;
  private requestedAt = -Infinity;
  private rushedAt = -Infinity;
  /** Time that requests have before overdue work goes again, in milliseconds. */
  private owed = 0;
  private timer: NodeJS.Timeout | undefined;
  private lookout: NodeJS.Timeout | undefined;

  /** @param waitMs how long anybody waits, beyond its patience */
  constructor(
    private readonly waitMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether requests come just now, one at a time or many, so that units in the background should be short. */
  get hasRequests(): boolean {
    return this.now() - this.requestedAt < IDLE_MS;
  }

  /** Whether requests are waiting for each other just now. */
  private get isRush(): boolean {
    return this.requests.length > 0 || this.now() - this.rushedAt < QUIET_MS;
  }

  /**
   * Resolves when it is the caller's turn, who then has to call `leave`.
   * @throws AppError unavailable when it has waited too long
   */
  enter(patience?: Patience): Promise<void> {
    return new Promise((go, giveUp) => {
      const joinedAt = this.now();
      if (patience) this.background.push({ patience, joinedAt, go, giveUp });
      else {
        if (this.requests.length > 0 || (this.current && !this.current.patience)) this.rushedAt = joinedAt;
        this.requestedAt = joinedAt;
        this.requests.push({ patience, joinedAt, go, giveUp });
      }
      this.passOn();
    });
  }

  leave(): void {
    const { patience } = this.current!;
    const elapsed = this.now() - this.startedAt;
    if (!patience) {
      this.owed = Math.max(0, this.owed - elapsed);
      if (this.isRush) this.rushedAt = this.now();
    } else if (this.requests.length > 0) this.owed = elapsed * this.shareAfter(this.current!, patience);
    this.current = undefined;
    this.passOn();
  }

  /** Whether the unit that would go now may be committed with one that has this patience. */
  wouldFollow(patience: Patience | undefined): boolean {
    const next = this.choose();
    return next !== undefined && (isLong(patience) || !isLong(next.patience));
  }

  private passOn(): void {
    if (this.current) return this.lookOut();
    const next = this.choose();
    if (!next) return this.lookAgain();
    const line = next.patience ? this.background : this.requests;
    line.splice(line.indexOf(next), 1);
    this.current = next;
    this.startedAt = this.now();
    next.go();
  }

  private choose(): Ticket | undefined {
    const [request] = this.requests;
    const work = this.mostUrgent();
    if (!work) return request;
    if (deadlineOf(work) <= this.now()) return request && this.owed > 0 ? request : work;
    return request ?? (this.isRush ? undefined : work);
  }

  private mostUrgent(): Ticket | undefined {
    let first = this.background[0];
    for (const each of this.background) if (deadlineOf(each) < deadlineOf(first!)) first = each;
    return first;
  }

  private shareAfter({ joinedAt }: Ticket, { waitedMs, patienceMs }: Patience): number {
    const waited = waitedMs + this.now() - joinedAt;
    return Math.min(1, Math.max(LEAST_SHARE, patienceMs / waited));
  }

  /** Ends the waits that have lasted too long, such as behind a unit that waits for another one. */
  private lookOut(): void {
    this.lookout ??= setTimeout(() => {
      this.lookout = undefined;
      for (const line of [this.requests, this.background]) {
        const late = line.filter((ticket) => Math.max(ticket.joinedAt, deadlineOf(ticket)) + this.waitMs <= this.now());
        for (const ticket of late) {
          line.splice(line.indexOf(ticket), 1);
          ticket.giveUp(storeBusy('another unit of work has not ended'));
        }
      }
      if (this.requests.length + this.background.length > 0) this.lookOut();
    }, this.waitMs / 4).unref();
  }

  /** The requests of a rush come again as soon as they are answered. */
  private lookAgain(): void {
    if (this.background.length === 0) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.passOn();
    }, QUIET_MS);
  }
}

/** A request, or what takes turns with them, does not wait in its commit for other work in the background. */
function isLong(patience: Patience | undefined): boolean {
  return patience !== undefined && patience.patienceMs > 0;
}

function deadlineOf({ joinedAt, patience }: Ticket): number {
  return patience ? joinedAt + patience.patienceMs - patience.waitedMs : joinedAt;
}
