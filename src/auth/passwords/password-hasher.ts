import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { unavailable } from '../../errors/index.js';

/** OWASP's parameters for Argon2id (algorithm 2): 19 MiB, two passes, one lane; 20 to 40 ms of one core. */
const COST = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** More at once would only take the thread pool, and 19 MiB each, from the rest of the process. */
const CHECKS_AT_ONCE = 2;
const WAITING_AT_MOST = 200;
const RETRY_AFTER_SECONDS = 5;

/** Argon2id, with a bound on how many checks run and wait at once, for anybody can ask for a check. */
@Injectable()
export class PasswordHasher {
  private readonly checks = new WaitingLine(CHECKS_AT_ONCE, WAITING_AT_MOST, () =>
    unavailable('too many sign-ins at once; try again', RETRY_AFTER_SECONDS),
  );
  private decoy: Promise<string> | undefined;

  /** Waits for no one: only those who are signed in set passwords, and they do it inside a unit of work. */
  hash(password: string): Promise<string> {
    return hash(password, COST);
  }

  /**
   * Whether the password is the one behind the hash. Without a hash (no such account) the answer is false after the
   * same work, so that time does not tell whether an account exists.
   * @throws AppError unavailable where too many checks wait already
   */
  async verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    const decoy = await (this.decoy ??= this.hash('no account has this password'));
    const isRight = await this.checks.pass(() => verify(passwordHash ?? decoy, password));
    return isRight && passwordHash !== undefined;
  }
}

/** Lets a few pieces of work run at once and a few more wait their turn. */
export class WaitingLine {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** @param refuse makes the error for those who come when the queue is full */
  constructor(
    private readonly atOnce: number,
    private readonly waitingAtMost: number,
    private readonly refuse: () => Error,
  ) {}

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.atOnce) this.running++;
    else if (this.waiting.length < this.waitingAtMost) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else throw this.refuse();
    try {
      return await work();
    } finally {
      // a turn passes straight to the next in line, so that nobody slips in between
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
