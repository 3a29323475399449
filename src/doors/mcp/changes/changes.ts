import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { ServerEvent, ServerEventBus } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { type LiveEvent, LiveEvents } from '../../../live-events/index.js';
import { AppError } from '../../../errors/index.js';
import { hasScope, ResourcePort } from '../../../operations/index.js';
import { Log } from '../../../telemetry/index.js';
import { Offerings } from '../offerings.js';
import { ListedItems } from '../resources/offered-resources.js';
import type { Reader } from './reader.js';

/** Looked at for one round, so that many watched addresses do not keep the process busy. */
const MOST_AT_ONCE = 200;
const SILENT = /^(cache|kg):\/\//;

/**
 * Addresses of memory. Writing there is the hot path, which tells no events; whether something has changed is seen by
 * reading again, and only what somebody watches is read.
 */
@Injectable()
export class SilentAddresses {
  /** What each held when it was last read; the one that was read longest ago comes first. */
  private readonly seen = new Map<string, string>();

  constructor(private readonly port: ResourcePort) {}

  /** From here on a change is one against what the address holds now. */
  async begin(uri: string): Promise<void> {
    if (SILENT.test(uri) && !this.seen.has(uri)) this.seen.set(uri, await this.digest(uri));
  }

  /** Nobody looks any more. */
  forget(): void {
    this.seen.clear();
  }

  /** @param watched every address that somebody watches; the others are forgotten */
  async changed(watched: ReadonlySet<string>): Promise<string[]> {
    for (const uri of this.seen.keys()) if (!watched.has(uri)) this.seen.delete(uri);
    for (const uri of watched) await this.begin(uri);
    const changed: string[] = [];
    for (const [uri, before] of [...this.seen].slice(0, MOST_AT_ONCE)) {
      const now = await this.digest(uri);
      this.seen.delete(uri);
      this.seen.set(uri, now);
      if (now !== before) changed.push(uri);
    }
    return changed;
  }

  private async digest(uri: string): Promise<string> {
    try {
      return createHash('sha1')
        .update(JSON.stringify(await this.port.look(uri)))
        .digest('base64');
    } catch (error) {
      // an address that cannot be read has its own answer for whoever reads it
      if (error instanceof AppError) return error.code;
      throw error;
    }
  }
}

export interface Watcher {
  readonly reader: Reader;
  /** The addresses whose changes it wants; its owner may change them. */
  readonly uris: ReadonlySet<string>;
  readonly tell: (event: ServerEvent) => void;
}

/** Addresses that one connection may subscribe to. */
export const MOST_SUBSCRIPTIONS = 500;
/** Changes of one address within this time are one. */
const GATHER_MS = 100;
const LOOK_MS = 1_000;
const LISTS = ['tools_list_changed', 'prompts_list_changed', 'resources_list_changed'] as const;

/**
 * Tells connections of what has changed, as far as their scopes let them see it: addresses that they watch, the list
 * of resources, and all lists when their own scopes are others than before. For the SDK it is the bus that
 * `subscriptions/listen` hangs on.
 */
@Injectable()
export class Changes implements ServerEventBus {
  private readonly watchers = new Set<Watcher>();
  private readonly listening = new AsyncLocalStorage<{ reader: Reader; uris: ReadonlySet<string> }>();
  private gathered = new Set<string>();
  private gathering: NodeJS.Timeout | undefined;
  private looking: NodeJS.Timeout | undefined;
  private look: Promise<void> | undefined;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly events: LiveEvents,
    private readonly items: ListedItems,
    private readonly silent: SilentAddresses,
    private readonly offerings: Offerings,
    private readonly log: Log,
  ) {
    offerings.onChange((list) => this.publish({ kind: `${list}_list_changed` }));
  }

  /** @returns how to stop */
  watch(watcher: Watcher): () => void {
    this.watchers.add(watcher);
    const stopScopes = watcher.reader.onNewScopes(() => {
      for (const kind of LISTS) watcher.tell({ kind });
    });
    if (this.watchers.size === 1) this.begin();
    return () => {
      stopScopes();
      if (this.watchers.delete(watcher) && this.watchers.size === 0) this.rest();
    };
  }

  /**
   * Resolves when a change of these addresses, or of the list of resources, will be noticed if it happens from here
   * on.
   */
  async expect(uris: Iterable<string> = []): Promise<void> {
    if (this.watchers.size === 0) await this.items.changedScopes();
    for (const uri of uris) await this.silent.begin(uri);
  }

  /** Has what the SDK subscribes meanwhile be told of these addresses, and of what this reader may see. */
  async listen<T>(reader: Reader, uris: ReadonlySet<string>, subscribe: () => Promise<T>): Promise<T> {
    await this.expect(uris);
    return this.listening.run({ reader, uris }, subscribe);
  }

  subscribe(tell: (event: ServerEvent) => void): () => void {
    const whom = this.listening.getStore();
    if (!whom) throw new Error('a subscription outside of listen() has no reader');
    return this.watch({ ...whom, tell });
  }

  publish(event: ServerEvent): void {
    for (const watcher of this.watchers) watcher.tell(event);
  }

  /** Every second while somebody watches; tests call it themselves. */
  lookAgain(): Promise<void> {
    return (this.look ??= this.compare()
      .catch((error: unknown) => this.log.error({ error }, 'changes could not be looked for'))
      .finally(() => (this.look = undefined)));
  }

  private begin(): void {
    this.stopListening = this.events.listen((event) => this.gather(urisOf(event)));
    this.looking = setInterval(() => void this.lookAgain(), LOOK_MS);
    this.looking.unref();
    void this.lookAgain();
  }

  private rest(): void {
    this.stopListening?.();
    clearInterval(this.looking);
    clearTimeout(this.gathering);
    this.gathering = undefined;
    this.gathered.clear();
    this.items.forget();
    this.silent.forget();
  }

  private async compare(): Promise<void> {
    for (const scope of await this.items.changedScopes()) {
      for (const { reader, tell } of this.watchers)
        if (hasScope(reader.principal, scope)) tell({ kind: 'resources_list_changed' });
    }
    this.gather(await this.silent.changed(new Set([...this.watchers].flatMap(({ uris }) => [...uris]))));
  }

  private gather(uris: readonly string[]): void {
    if (this.watchers.size === 0 || uris.length === 0) return;
    for (const uri of uris) this.gathered.add(uri);
    this.gathering ??= setTimeout(() => this.tellGathered(), GATHER_MS).unref();
  }

  private tellGathered(): void {
    const { gathered } = this;
    this.gathered = new Set();
    this.gathering = undefined;
    for (const { reader, uris, tell } of this.watchers) {
      const [few, many] = uris.size < gathered.size ? [uris, gathered] : [gathered, uris];
      for (const uri of few) if (many.has(uri) && this.mayRead(reader, uri)) tell({ kind: 'resource_updated', uri });
    }
  }

  private mayRead({ principal }: Reader, uri: string): boolean {
    const scope = this.offerings.scopeAt(uri);
    return scope === null || (scope !== undefined && hasScope(principal, scope));
  }
}

/** Every event is a new entry of `analytics://events`. A row that changed has changed the list that it is in. */
export function urisOf({ type, subject_id }: Pick<LiveEvent, 'type' | 'subject_id'>): string[] {
  if (type !== 'resource.updated') return ['analytics://events'];
  const collection = /^[a-z]+:\/\/[^/]+(?=\/)/.exec(subject_id)?.[0];
  return ['analytics://events', subject_id, ...(collection === undefined ? [] : [collection])];
}
