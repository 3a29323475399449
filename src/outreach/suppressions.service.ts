import { Injectable } from '@nestjs/common';
import { Leads } from '../crm/index.js';
import { Database, type Unit } from '../database/index.js';
import { invalid, notFound } from '../errors/index.js';
import { type CommandContext, DEFAULT_PAGE, DoneResponse, Operation } from '../operations/index.js';
import { addressFor, hashAddress, normaliseAddress } from './address.js';
import { originOf } from './origin-of.js';
import { suppress } from './suppress.js';
import { Suppression } from './suppression.entity.js';
import {
  AddSuppressionRequest,
  AddedSuppressions,
  ListSuppressionsRequest,
  SuppressionIdRequest,
  SuppressionPage,
  toSuppressionResponse,
} from './suppressions.dto.js';
import { CHANNELS } from '../vocabulary/index.js';

@Injectable()
export class SuppressionsService {
  constructor(
    private readonly database: Database,
    private readonly leads: Leads,
  ) {}

  @Operation({
    name: 'suppression.list',
    permission: 'messages:read',
    kind: 'query',
    request: ListSuppressionsRequest,
    response: SuppressionPage,
    summary: 'Suppressed addresses, newest first, a page at a time',
    rest: { route: 'GET /api/v1/suppressions', tag: 'messages' },
  })
  async list({ limit = DEFAULT_PAGE, cursor, ...where }: ListSuppressionsRequest): Promise<SuppressionPage> {
    const order = { created_at: 'desc' } as const;
    const page = await this.database.of(Suppression).page({ where, order, limit, cursor });
    return { items: page.items.map(toSuppressionResponse), next_cursor: page.next_cursor };
  }

  @Operation({
    name: 'suppression.add',
    permission: 'messages:write',
    kind: 'command',
    request: AddSuppressionRequest,
    response: AddedSuppressions,
    summary: 'Never write to an address again, on one channel or on all',
    rest: { route: 'POST /api/v1/suppressions', status: 201, tag: 'messages' },
  })
  async add(request: AddSuppressionRequest, { unit, now, principal }: CommandContext): Promise<AddedSuppressions> {
    const { channel, lead_id = null, reason = 'manual', note = null } = request;
    const hashes = await this.hashesOf(unit, request);
    const items: Suppression[] = [];
    for (const address_hash of hashes) {
      items.push(
        await suppress(unit, {
          channel,
          address_hash,
          reason,
          source: originOf(principal),
          lead_id,
          note,
          created_at: now,
        }),
      );
    }
    return { items: items.map(toSuppressionResponse) };
  }

  @Operation({
    name: 'suppression.remove',
    permission: 'messages:write',
    kind: 'command',
    isDestructive: true,
    request: SuppressionIdRequest,
    response: DoneResponse,
    summary: 'Allow messages to an address again',
    rest: { route: 'DELETE /api/v1/suppressions/:suppression_id', isEmpty: true, tag: 'messages' },
    isIdempotent: true,
  })
  async remove({ suppression_id }: SuppressionIdRequest, { unit }: CommandContext): Promise<DoneResponse> {
    if ((await unit.of(Suppression).delete({ suppression_id })) === 0) throw notFound('suppression', suppression_id);
    return {};
  }

  private async hashesOf(unit: Unit, { address, lead_id, channel }: AddSuppressionRequest): Promise<Set<string>> {
    if (address !== undefined) {
      if (!/@|\d{3}/.test(normaliseAddress(address)))
        throw invalid('address', 'must be an email address or a phone number');
      return new Set([hashAddress(address)]);
    }
    const lead = await this.leads.get(unit, lead_id!);
    if (!lead) throw notFound('lead', lead_id!);
    const addresses = (channel === 'All' ? CHANNELS : [channel]).flatMap((each) => addressFor(each, lead) ?? []);
    if (addresses.length === 0) throw invalid('lead_id', `the lead has no address for ${channel}`);
    return new Set(addresses.map(hashAddress));
  }
}
