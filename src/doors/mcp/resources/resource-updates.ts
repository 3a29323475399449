import { Injectable } from '@nestjs/common';
import type { ServerEvent, ServerEventBus } from '@modelcontextprotocol/server';
import { type LiveEvent, LiveEvents } from '../../../operations/index.js';

/** The SDK's bus of changes, fed by the live events: what was changed by this process or by another on the same database. */
@Injectable()
export class ResourceUpdates implements ServerEventBus {
  private readonly listeners = new Set<(event: ServerEvent) => void>();
  private stopListening: (() => void) | undefined;

  constructor(private readonly events: LiveEvents) {}

  publish(event: ServerEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  subscribe(listener: (event: ServerEvent) => void): () => void {
    // the same function may subscribe twice
    const own = (event: ServerEvent) => listener(event);
    this.listeners.add(own);
    this.stopListening ??= this.events.listen((event) => this.take(event));
    return () => {
      this.listeners.delete(own);
      if (this.listeners.size > 0) return;
      this.stopListening?.();
      this.stopListening = undefined;
    };
  }

  private take(event: LiveEvent): void {
    for (const uri of urisOf(event)) this.publish({ kind: 'resource_updated', uri });
  }
}

/** A row that changed has changed the list that it is in. Every kind of event is a new entry of `analytics://events`. */
export function urisOf({ type, subject_id }: Pick<LiveEvent, 'type' | 'subject_id'>): string[] {
  if (type !== 'resource.updated') return ['analytics://events'];
  const collection = /^[a-z]+:\/\/[^/]+(?=\/)/.exec(subject_id)?.[0];
  return [subject_id, ...(collection === undefined ? [] : [collection])];
}
