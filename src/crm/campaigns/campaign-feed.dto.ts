import { CampaignIdRequest, CampaignDayResponse } from './campaigns.dto.js';
import { AtLeastOneOf, Choice, DayField, Flag, IntNum, ListOf, Nested, Num, Str } from '../../operations/index.js';
import { CHANNELS, ID_PATTERN } from '../../vocabulary/index.js';

const MOST = 1_000_000_000_000;

export class DayFigures {
  @IntNum({ min: 0, max: MOST }) impressions!: number;
  @IntNum({ min: 0, max: MOST }) clicks!: number;
  @Num({ min: 0, max: MOST }) cost_usd!: number;
  @IntNum({ optional: true, min: 0, max: MOST, description: 'As Herald itself counts when left out' })
  leads_created?: number;
  @IntNum({ optional: true, min: 0, max: MOST, description: 'As above' }) conversions?: number;
  @Num({ optional: true, min: 0, max: MOST, description: 'As above' }) revenue_usd?: number;
}

export class ReportedDay extends DayFigures {
  @DayField() date!: string;
}

export class ReportDaysRequest extends CampaignIdRequest {
  @Nested(() => ReportedDay, { array: true, minItems: 1, maxItems: 1_000 }) days!: ReportedDay[];
}

export class ReportDayRequest extends DayFigures {
  @Str({ min: 1, max: 64 }) campaign_id!: string;
  @DayField() date!: string;
}

export class ReportDaysResponse {
  @Str() campaign_id!: string;
  @Nested(() => CampaignDayResponse, { array: true }) days!: CampaignDayResponse[];
  @ListOf('string', { description: 'What looks odd and was taken all the same' }) warnings!: string[];
}

export class CreateVariantRequest extends CampaignIdRequest {
  @Str({ optional: true, max: 64, pattern: ID_PATTERN, description: 'Chosen by the caller, else made here' })
  variant_id?: string;
  @Choice(CHANNELS) channel!: string;
  @Str({ min: 1, max: 80 }) creative_type!: string;
  @Str({ min: 1, max: 500 }) subject_line!: string;
  @Str({ min: 1, max: 200 }) call_to_action!: string;
  @Str({ min: 1, max: 80 }) tone!: string;
  @IntNum({ min: 1, max: 10_000 }) length_words!: number;
}

@AtLeastOneOf('creative_type', 'subject_line', 'call_to_action', 'tone', 'length_words', 'is_paused')
export class UpdateVariantRequest extends CampaignIdRequest {
  @Str({ min: 1, max: 64 }) variant_id!: string;
  @Str({ optional: true, min: 1, max: 80 }) creative_type?: string;
  @Str({ optional: true, min: 1, max: 500 }) subject_line?: string;
  @Str({ optional: true, min: 1, max: 200 }) call_to_action?: string;
  @Str({ optional: true, min: 1, max: 80 }) tone?: string;
  @IntNum({ optional: true, min: 1, max: 10_000 }) length_words?: number;
  @Flag({ optional: true, description: 'Paused variants are not chosen any more' }) is_paused?: boolean;
}
