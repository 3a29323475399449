import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { KEEP_DAYS, type KeepKind, keepSetting } from './keep-days.js';

export type Role = 'all' | 'api' | 'worker';
/**
 * What to do about the queue's store: it must open, it may be another process's, or it stays closed. Set by code, not
 * by the environment.
 */
export type QueueMode = 'required' | 'if-free' | 'off';
/** Where the log goes. Set by code: a command's standard output is for its reader. */
export type LogStream = 'stdout' | 'stderr';
const ROLES: readonly Role[] = ['all', 'api', 'worker'];
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Thrown at start-up; its message is the one line that an operator reads. */
export class SettingsError extends Error {}

/** Everything that the environment decides, read and checked once. */
export class Settings {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  /** Connections to PostgreSQL for units of work, and for reads outside of them. */
  readonly databasePool: number;
  readonly databaseReadPool: number;
  /** How long anyone waits for a connection, or on SQLite for another process that writes, before being told so. */
  readonly databaseWaitMs: number;
  /** How long one statement, and a unit of work between two of them, may take on PostgreSQL. */
  readonly databaseStatementMs: number;
  readonly databaseIdleMs: number;
  readonly redisUrl: string | undefined;
  readonly role: Role;
  readonly isDemo: boolean;
  readonly adminEmail: string;
  readonly adminPassword: string | undefined;
  readonly jwtSecret: string | undefined;
  /** Where the clock of this server stands at first, if only a request moves it; the time of the machine if not. */
  readonly testClock: string | undefined;
  /** Requests a minute for one principal; 0 is off. */
  readonly rateLimitPerMinute: number;
  readonly logLevel: string;
  /** Whether POST /api/v1/leads triages at once when the request does not say. */
  readonly autoTriage: boolean;
  /** How many doubtful leads people look at a day; the others take the safe way. */
  readonly attentionPerDay: number;
  /** SQLite's `synchronous` level: NORMAL survives a killed process, FULL a power cut too. */
  readonly sqliteSync: 'NORMAL' | 'FULL';
  readonly bodyLimitBytes: number;
  /** What the cache of short-term memory may take, in megabytes; 0 is off. */
  readonly memoryCacheMb: number;
  /** Live events are kept this long … */
  readonly eventDays: number;
  /** … and at most as many units' events as this. */
  readonly eventRows: number;
  /** Tasks of the A2A door that have come to rest are kept this long. */
  readonly a2aTaskDays: number;
  /** How long rows of each kind stay. */
  readonly keepDays: Readonly<Record<KeepKind, number>>;
  readonly publicUrl: string;
  /** Whether the operator said what the public address is; if not, it is a guess from the port. */
  readonly isPublicUrlGiven: boolean;
  /** Where links in messages lead to; messages have no links without it. */
  readonly landingUrl: string | undefined;
  /** Whether the secret that signs links in messages was changed on purpose. */
  readonly acceptsLinkSecret: boolean;
  /** Messages on channels that no wire is opened for count as sent, and go nowhere: for demonstrations and tests. */
  readonly isSandbox: boolean;
  readonly smtpUrl: string | undefined;
  readonly smtpFrom: string;
  readonly webhookUrl: string | undefined;
  readonly webhookSecret: string | undefined;
  /** Whether addresses that clients give for notifications may start with http://. */
  readonly outboundAllowsHttp: boolean;
  /** Hosts, addresses and ranges that such addresses may lead to although they are not public. */
  readonly outboundAllowedHosts: readonly string[];

  /** Origins whose web pages may use the MCP endpoint, besides this server's own and this machine's. */
  readonly mcpOrigins: readonly string[];
  /** Names by which the MCP endpoint may be called, besides addresses, localhost and the public one. */
  readonly mcpHosts: readonly string[];

  constructor(
    environment: NodeJS.ProcessEnv = process.env,
    readonly queueMode: QueueMode = 'required',
    readonly logStream: LogStream = 'stdout',
  ) {
    const read = reader(environment);
    this.port = read.integer('PORT', 3000, 0, 65535);
    this.host = read.text('HERALD_HOST') ?? '0.0.0.0';
    this.dataDir = resolve(read.text('HERALD_DATA_DIR') ?? 'data');
    this.databaseUrl = read.url('DATABASE_URL', ['postgres:', 'postgresql:']);
    this.databasePool = read.integer('HERALD_DATABASE_POOL', 12, 1, 1_000);
    this.databaseReadPool = read.integer('HERALD_DATABASE_READ_POOL', 8, 1, 1_000);
    this.databaseWaitMs = read.integer('HERALD_DATABASE_WAIT_SECONDS', 15, 1, 3_600) * 1_000;
    this.databaseStatementMs = read.integer('HERALD_DATABASE_STATEMENT_SECONDS', 30, 1, 86_400) * 1_000;
    this.databaseIdleMs = read.integer('HERALD_DATABASE_IDLE_SECONDS', 30, 1, 86_400) * 1_000;
    this.redisUrl = read.url('REDIS_URL', ['redis:', 'rediss:']);
    this.role = read.oneOf('HERALD_ROLE', ROLES, 'all');
    this.isDemo = read.flag('HERALD_DEMO', true);
    this.adminEmail = (read.text('HERALD_ADMIN_EMAIL') ?? 'admin@herald.local').toLowerCase();
    this.adminPassword = read.text('HERALD_ADMIN_PASSWORD');
    this.jwtSecret = read.text('HERALD_JWT_SECRET');
    this.testClock = read.instant('HERALD_TEST_CLOCK');
    this.rateLimitPerMinute = read.integer('HERALD_RATE_LIMIT', 60_000, 0, 100_000_000);
    this.logLevel = read.oneOf('LOG_LEVEL', LOG_LEVELS, 'info');
    this.autoTriage = read.flag('HERALD_AUTO_TRIAGE', false);
    this.attentionPerDay = read.integer('HERALD_ATTENTION_PER_DAY', 50, 0, 1_000_000);
    this.sqliteSync = read.oneOf('HERALD_SQLITE_SYNC', ['NORMAL', 'FULL'] as const, 'NORMAL');
    this.bodyLimitBytes = read.integer('HERALD_BODY_LIMIT', 1024 * 1024, 1024, 100 * 1024 * 1024);
    this.memoryCacheMb = read.integer('HERALD_MEMORY_CACHE_MB', 32, 0, 65_536);
    this.eventDays = read.integer('HERALD_EVENT_DAYS', 7, 1, 3650);
    this.eventRows = read.integer('HERALD_EVENT_ROWS', 200_000, 100, 100_000_000);
    this.a2aTaskDays = read.integer('HERALD_A2A_TASK_DAYS', 30, 1, 3650);
    this.keepDays = Object.fromEntries(
      Object.entries(KEEP_DAYS).map(([kind, days]) => [
        kind,
        read.integer(keepSetting(kind as KeepKind), days, 1, 36_500),
      ]),
    ) as Record<KeepKind, number>;
    this.publicUrl = (read.url('HERALD_PUBLIC_URL', ['http:', 'https:']) ?? `http://localhost:${this.port}`).replace(
      /\/$/,
      '',
    );
    this.isPublicUrlGiven = read.text('HERALD_PUBLIC_URL') !== undefined;
    this.acceptsLinkSecret = read.flag('HERALD_NEW_LINK_SECRET', false);
    this.landingUrl = read.url('HERALD_LANDING_URL', ['http:', 'https:']);
    this.isSandbox = read.flag('HERALD_SANDBOX', false);
    this.smtpUrl = read.url('HERALD_SMTP_URL', ['smtp:', 'smtps:']);
    this.smtpFrom = read.text('HERALD_SMTP_FROM') ?? 'Herald <herald@localhost>';
    this.webhookUrl = read.url('HERALD_WEBHOOK_URL', ['http:', 'https:']);
    this.webhookSecret = read.text('HERALD_WEBHOOK_SECRET');
    this.outboundAllowsHttp = read.flag('HERALD_OUTBOUND_HTTP', false);
    this.outboundAllowedHosts = (read.text('HERALD_OUTBOUND_ALLOW') ?? '')
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean);
    this.mcpOrigins = read.list('HERALD_MCP_ORIGINS').map((each) => each.replace(/\/$/, '').toLowerCase());
    this.mcpHosts = read.list('HERALD_MCP_HOSTS').map((each) => each.toLowerCase());
    this.checkTogether();
  }

  /** The folder for data, made if missing, readable by its owner only. */
  ensureDataDir(): string {
    mkdirSync(this.dataDir, { recursive: true, mode: 0o700 });
    return this.dataDir;
  }

  get sqliteFile(): string {
    return join(this.dataDir, 'herald.sqlite');
  }

  private checkTogether(): void {
    if (this.redisUrl && !this.databaseUrl) {
      throw new SettingsError(
        'REDIS_URL is set but DATABASE_URL is not: Redis carries the queue only beside PostgreSQL; set both or neither',
      );
    }
    if (this.role !== 'all' && !this.databaseUrl) {
      throw new SettingsError(`HERALD_ROLE=${this.role} needs DATABASE_URL: on SQLite one process does all the work`);
    }
    if (this.testClock !== undefined && this.role !== 'all') {
      throw new SettingsError(
        `HERALD_TEST_CLOCK goes with HERALD_ROLE=all only: one process answers and does all the work`,
      );
    }
    if (this.webhookUrl && !this.webhookSecret) {
      throw new SettingsError(
        'HERALD_WEBHOOK_URL is set but HERALD_WEBHOOK_SECRET is not: webhook calls must be signed',
      );
    }
    if (this.jwtSecret !== undefined && this.jwtSecret.length < 32) {
      throw new SettingsError('HERALD_JWT_SECRET must have at least 32 characters');
    }
    if (!/^[^@\s]+@[^@\s]+$/.test(this.adminEmail))
      throw new SettingsError('HERALD_ADMIN_EMAIL must be an email address');
  }
}

function reader(environment: NodeJS.ProcessEnv) {
  const text = (name: string): string | undefined => environment[name]?.trim() || undefined;
  return {
    text,
    /** Separated by commas. */
    list(name: string): string[] {
      return (text(name) ?? '')
        .split(',')
        .map((each) => each.trim())
        .filter(Boolean);
    },
    integer(name: string, fallback: number, min: number, max: number): number {
      const value = text(name);
      if (value === undefined) return fallback;
      const number = Number(value);
      if (!Number.isInteger(number) || number < min || number > max) {
        throw new SettingsError(`${name} must be a whole number from ${min} to ${max}, got ${JSON.stringify(value)}`);
      }
      return number;
    },
    flag(name: string, fallback: boolean): boolean {
      const value = text(name);
      if (value === undefined) return fallback;
      if (value === '1' || value === 'true') return true;
      if (value === '0' || value === 'false') return false;
      throw new SettingsError(`${name} must be 0 or 1, got ${JSON.stringify(value)}`);
    },
    /** ISO-8601 with an offset, such as `2026-03-02T09:00:00Z`. */
    instant(name: string): string | undefined {
      const value = text(name);
      if (value === undefined) return undefined;
      if (!/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value) || Number.isNaN(Date.parse(value)))
        throw new SettingsError(`${name} must be a time such as 2026-03-02T09:00:00Z, got ${JSON.stringify(value)}`);
      return new Date(value).toISOString();
    },
    oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
      const value = text(name);
      if (value === undefined) return fallback;
      if (!allowed.includes(value as T))
        throw new SettingsError(`${name} must be one of ${allowed.join(', ')}, got ${JSON.stringify(value)}`);
      return value as T;
    },
    url(name: string, protocols: readonly string[]): string | undefined {
      const value = text(name);
      if (value === undefined) return undefined;
      // the address may hold a password, so the message does not repeat it
      if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
        throw new SettingsError(
          `${name} must be an address that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
        );
      }
      return value;
    },
  };
}
