import { Injectable } from '@nestjs/common';
import { newId } from '../../config/index.js';
import { Database, type Unit } from '../../database/index.js';
import { conflict, notFound } from '../../errors/index.js';
import {
  type CommandContext,
  DEFAULT_PAGE,
  Happening,
  Listeners,
  Operation,
  refuseFuture,
} from '../../operations/index.js';
import { countConversion } from '../campaigns/campaign-counters.js';
import { Leads } from '../leads/leads.js';
import { Conversion } from './conversion.entity.js';
import {
  ConversionPage,
  ConversionResponse,
  ListConversionsRequest,
  RecordConversionRequest,
} from './conversions.dto.js';

export interface RecordedConversion {
  unit: Unit;
  conversion: Conversion;
  now: string;
}

/** Told in the unit that records the conversion. */
export const CONVERSION_RECORDED = new Happening<RecordedConversion>('conversion recorded');

@Injectable()
export class ConversionsService {
  constructor(
    private readonly database: Database,
    private readonly leads: Leads,
    private readonly listeners: Listeners,
  ) {}

  @Operation({
    name: 'conversion.record',
    permission: 'leads:write',
    kind: 'command',
    request: RecordConversionRequest,
    response: ConversionResponse,
    summary: 'Record that a lead converted; its campaign’s day moves with it',
    rest: { route: 'POST /api/v1/conversions', status: 201 },
    audience: 'marketer',
  })
  async record(request: RecordConversionRequest, { unit, now }: CommandContext): Promise<ConversionResponse> {
    refuseFuture('converted_at', request.converted_at, now);
    const lead = await this.leads.lock(unit, request.lead_id);
    if (!lead) throw notFound('lead', request.lead_id);
    const conversion: Conversion = {
      conversion_id: request.conversion_id ?? newId('cnv'),
      lead_id: lead.lead_id,
      campaign_id: lead.campaign_id,
      converted_at: request.converted_at ?? now,
      conversion_value_usd: request.conversion_value_usd,
      conversion_type: request.conversion_type,
    };
    if ((await unit.of(Conversion).insertNew(conversion)) === 0) {
      throw conflict('conversion_exists', `conversion_id: "${conversion.conversion_id}" is recorded already`);
    }
    if (lead.campaign_id)
      await countConversion(unit, lead.campaign_id, conversion.converted_at, conversion.conversion_value_usd);
    await this.leads.move(unit, lead, { lead_status: 'Converted', flow_state: 'converted' }, now);
    await this.listeners.tell(CONVERSION_RECORDED, { unit, conversion, now });
    return { ...conversion };
  }

  @Operation({
    name: 'conversion.list',
    permission: 'leads:read',
    kind: 'query',
    request: ListConversionsRequest,
    response: ConversionPage,
    summary: 'Conversions, newest first',
    rest: 'GET /api/v1/conversions',
  })
  list({ limit = DEFAULT_PAGE, cursor, ...where }: ListConversionsRequest): Promise<ConversionPage> {
    return this.database.of(Conversion).page({ where, order: { converted_at: 'desc' }, limit, cursor });
  }
}
