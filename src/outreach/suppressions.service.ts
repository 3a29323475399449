import { Injectable } from '@nestjs/common';
import { Leads } from '../crm/index.js';
import { Database, type Unit } from '../database/index.js';
import { forbidden, invalid, notFound } from '../errors/index.js';
import {
  type CommandContext,
  DEFAULT_PAGE,
  DoneResponse,
  Operation,
  type Principal,
  refuseAgents,
} from '../operations/index.js';
import { addressFor, hashAddress } from './address.js';
import { ConsentWords, isObjection } from './consent/consent-words.js';
import { Message } from './message.entity.js';
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
    private readonly words: ConsentWords,
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
  async list({ limit = DEFAULT_PAGE, cursor, address, ...asked }: ListSuppressionsRequest): Promise<SuppressionPage> {
    const where = { ...asked, ...(address !== undefined && { address_hash: hashAddress(address) }) };
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
    for (const row of items) await this.record(unit, { ...row, reason }, 'withdrawn', originOf(principal));
    if (lead_id !== null) await this.words.tell(unit, lead_id, 'suppressed', channel);
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
  async remove({ suppression_id }: SuppressionIdRequest, { unit, principal }: CommandContext): Promise<DoneResponse> {
    const [row] = await unit.of(Suppression).find({ suppression_id }, { lock: true });
    if (!row) throw notFound('suppression', suppression_id);
    refuseLifting(row, principal);
    await unit.of(Suppression).delete({ suppression_id });
    await this.record(unit, row, 'lifted', originOf(principal));
    const held = await unit.of(Message).find({ status: 'held', to_address_hash: row.address_hash });
    const leadIds = new Set([...held.map(({ lead_id }) => lead_id), ...(row.lead_id === null ? [] : [row.lead_id])]);
    for (const leadId of leadIds) await this.words.tell(unit, leadId, 'lifted', row.channel);
    return {};
  }

  /** What a person objected to, or what somebody of ours took off, goes into the words of that person. */
  private async record(
    unit: Unit,
    { address_hash, reason, lead_id, channel, suppression_id }: Suppression,
    kind: 'withdrawn' | 'lifted',
    source: string,
  ): Promise<void> {
    if (!isObjection(reason)) return;
    // which kind of address the hash is of is not known
    const person = { lead_id, email_hash: address_hash, phone_hash: address_hash };
    await this.words.record(unit, person, { kind, channel, source, proof: { suppression_id } });
  }

  private async hashesOf(unit: Unit, { address, lead_id, channel }: AddSuppressionRequest): Promise<Set<string>> {
    if (address !== undefined) {
      return new Set([hashAddress(address)]);
    }
    const lead = await this.leads.get(unit, lead_id!);
    if (!lead) throw notFound('lead', lead_id!);
    const addresses = (channel === 'All' ? CHANNELS : [channel]).flatMap((each) => addressFor(each, lead) ?? []);
    if (addresses.length === 0) throw invalid('lead_id', `the lead has no address for ${channel}`);
    return new Set(addresses.map(hashAddress));
  }
}

/** @throws AppError forbidden for an agent, unless the suppression is no word of a person; a legal one is an admin's */
function refuseLifting({ reason }: Suppression, principal: Principal): void {
  if (isObjection(reason) || reason === 'legal') refuseAgents(principal, `lift a suppression for ${reason}`);
  if (reason === 'legal' && principal.role !== 'admin')
    throw forbidden('a suppression for legal reasons is lifted by an admin only');
}
