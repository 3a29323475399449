import { Choice, Instant, ListRequest, Nested, OneOf, Read, Str } from '../operations/index.js';
import { readAddress } from './address.js';
import { type Suppression } from './suppression.entity.js';
import {
  type Channel,
  CHANNELS,
  SUPPRESSION_CHANNELS,
  SUPPRESSION_REASONS,
  type SuppressionChannel,
  type SuppressionReason,
} from '../vocabulary/index.js';

export class SuppressionIdRequest {
  @Str({ min: 1, max: 64 }) suppression_id!: string;
}

export class ListSuppressionsRequest extends ListRequest {
  @Choice(SUPPRESSION_CHANNELS, { optional: true }) channel?: SuppressionChannel;
  @Choice(SUPPRESSION_REASONS, { optional: true }) reason?: SuppressionReason;
  @Str({ optional: true, pattern: /^[0-9a-f]{64}$/, description: 'SHA-256 of the normalised address, in hex' })
  address_hash?: string;
  @Read(readAddress, { optional: true, max: 400, description: 'An email address or phone number, in any spelling' })
  address?: string;
  @Str({ optional: true, max: 64 }) lead_id?: string;
}

@OneOf('address', 'lead_id')
export class AddSuppressionRequest {
  @Choice(SUPPRESSION_CHANNELS) channel!: SuppressionChannel;
  @Read(readAddress, {
    optional: true,
    max: 400,
    example: 'ada@example.com',
    description: 'An email address or phone number; give this or lead_id',
  })
  address?: string;
  @Str({
    optional: true,
    min: 1,
    max: 64,
    description: 'Suppresses the address of the lead on this channel, for All each of them',
  })
  lead_id?: string;
  @Choice(SUPPRESSION_REASONS, { optional: true, default: 'manual' }) reason?: SuppressionReason;
  @Str({ optional: true, nullable: true, max: 1000 }) note?: string | null;
}

export class SuppressionResponse {
  @Str() suppression_id!: string;
  @Choice(SUPPRESSION_CHANNELS) channel!: SuppressionChannel;
  @Str({ description: 'SHA-256 of the normalised address, in hex; the address itself is not kept' })
  address_hash!: string;
  @Choice(SUPPRESSION_REASONS) reason!: SuppressionReason;
  @Str() source!: string;
  @Str({ nullable: true }) lead_id!: string | null;
  @Str({ nullable: true }) note!: string | null;
  @Instant() created_at!: string;
}

/** What stands now, for each address. */
export class AddedSuppressions {
  @Nested(() => SuppressionResponse, { array: true }) items!: SuppressionResponse[];
}

export class SuppressionPage extends AddedSuppressions {
  @Str({ nullable: true }) next_cursor!: string | null;
}

export class UnsubscribeRequest {
  @Str({ min: 1, max: 1000 }) token!: string;
}

export class UnsubscribeResponse {
  @Choice(CHANNELS) channel!: Channel;
}

export function toSuppressionResponse(row: Suppression): SuppressionResponse {
  const { suppression_id, channel, address_hash, reason, source, lead_id, note, created_at } = row;
  return { suppression_id, channel, address_hash, reason, source, lead_id, note, created_at };
}
