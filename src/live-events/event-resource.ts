import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { notFound } from '../errors/index.js';
import type { Principal } from '../operations/index.js';
import { ResourcePort } from '../operations/index.js';
import { eventFilter } from './event-filter.js';
import { endOf, idOf, positionOf } from './event-position.js';
import type { LiveEvent } from './live-event.js';
import { LiveEvents } from './live-events.js';

const SHOWN = 50;
/** Rows that are looked through for the newest events that the reader may see. */
const ROWS_BACK = 200;
const MOST_EVENTS = 2_000;

/** `analytics://events` at the resource port: the newest events whose scope the reader holds, newest first. */
@Injectable()
export class EventResource implements OnModuleInit {
  constructor(
    private readonly resources: ResourcePort,
    private readonly liveEvents: LiveEvents,
  ) {}

  onModuleInit(): void {
    this.resources.register('analytics://events', {
      readScope: 'analytics:read',
      writeScope: 'analytics:write',
      read: (eventId, query, { principal }) => {
        if (eventId) throw notFound('resource', `analytics://events/${eventId}`);
        return this.newest(query, principal);
      },
      search: (query, { principal }) => this.newest(query, principal),
    });
  }

  private async newest(
    { types, subject }: Record<string, unknown>,
    principal: Principal,
  ): Promise<{ items: LiveEvent[] }> {
    const wants = eventFilter({ ...textAs('types', types), ...textAs('subject', subject) }, principal);
    const { row } = positionOf(await this.liveEvents.newest())!;
    const { events } = await this.liveEvents.read(idOf(endOf(Math.max(0, row - ROWS_BACK))), MOST_EVENTS, wants);
    return { items: events.slice(-SHOWN).reverse() };
  }
}

function textAs<K extends string>(name: K, value: unknown): { [key in K]?: string } {
  return (typeof value === 'string' ? { [name]: value } : {}) as { [key in K]?: string };
}
