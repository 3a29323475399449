import { ROLES, type UserRole } from '../../auth/index.js';
import { Choice, Email, Flag, Instant, IntNum, ListOf, ListRequest, Nested, Str } from '../../operations/index.js';
import { ESCALATION_REASONS } from '../../vocabulary/index.js';
import { type NotificationRule, RULE_CHANNELS, type RuleChannel } from './notification-rule.entity.js';

/** What a rule can be about. */
export const TOLD_OF = [...ESCALATION_REASONS, 'approval', 'mention'] as const;

const LONGEST_DIGEST_MINUTES = 24 * 60;
const TIME_OF_DAY = { optional: true, nullable: true, pattern: /^([01]\d|2[0-3]):[0-5]\d$/, example: '20:00' } as const;

export class RuleIdRequest {
  @Str({ min: 1, max: 100 }) rule_id!: string;
}

class RuleChoices {
  @ListOf('string', { optional: true, values: TOLD_OF, description: 'Of what it tells; of everything when empty' })
  reasons?: string[];
  @Str({ ...TIME_OF_DAY, description: 'Nothing is told from then, on the clocks of the zone …' })
  quiet_start?: string | null;
  @Str({ ...TIME_OF_DAY, description: '… until then' }) quiet_end?: string | null;
  @Flag({ optional: true, description: 'Nothing is told on Saturdays and Sundays' }) quiet_weekends?: boolean;
  @Str({ optional: true, min: 1, max: 60, example: 'Europe/Berlin' }) zone?: string;
  @Flag({ optional: true, description: 'What is hot or urgent is told in quiet hours too' })
  urgent_ignores_quiet?: boolean;
  @IntNum({
    optional: true,
    min: 0,
    max: LONGEST_DIGEST_MINUTES,
    description: 'Told together so often; 0 for at once. What is hot or urgent is told at once anyway',
  })
  digest_minutes?: number;
  @Flag({ optional: true }) is_active?: boolean;
}

export class CreateRuleRequest extends RuleChoices {
  @Str({ min: 1, max: 100, example: 'Sales, by chat' }) name!: string;
  @Choice(RULE_CHANNELS) channel!: RuleChannel;
  @Str({ optional: true, max: 100, description: 'Mail to this user' }) user_id?: string;
  @Choice(ROLES, { optional: true, description: 'Mail to everybody of this role' }) role?: UserRole;
  @Email({ optional: true, description: 'Mail to this address' }) address?: string;
  @Str({ optional: true, max: 2_048, description: 'Of a webhook: where a signed POST goes' }) url?: string;
}

export class UpdateRuleRequest extends RuleChoices {
  @Str({ min: 1, max: 100 }) rule_id!: string;
  @Str({ optional: true, min: 1, max: 100 }) name?: string;
}

export class ListRulesRequest extends ListRequest {}

export class RuleResponse {
  @Str() rule_id!: string;
  @Str() name!: string;
  @Choice(RULE_CHANNELS) channel!: RuleChannel;
  @Str({ nullable: true }) user_id!: string | null;
  @Str({ nullable: true }) role!: string | null;
  @Str({ nullable: true }) address!: string | null;
  @Str({ nullable: true }) url!: string | null;
  @ListOf('string') reasons!: string[];
  @Str({ nullable: true }) quiet_start!: string | null;
  @Str({ nullable: true }) quiet_end!: string | null;
  @Flag() quiet_weekends!: boolean;
  @Str() zone!: string;
  @Flag() urgent_ignores_quiet!: boolean;
  @IntNum({ min: 0 }) digest_minutes!: number;
  @Flag() is_active!: boolean;
  @Instant({ nullable: true }) last_told_at!: string | null;
  @Str({ nullable: true, description: 'Why the last try failed; null once one went well' }) last_failure!:
    string | null;
  @IntNum({ min: 1 }) version!: number;
}

export class CreatedRuleResponse extends RuleResponse {
  @Str({ nullable: true, description: 'Of a webhook: what its calls are signed with; shown here only' })
  secret!: string | null;
}

export class RulePage {
  @Nested(() => RuleResponse, { array: true }) items!: RuleResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

export const toRuleResponse = (rule: NotificationRule): RuleResponse => ({
  rule_id: rule.rule_id,
  name: rule.name,
  channel: rule.channel,
  user_id: rule.user_id,
  role: rule.role,
  address: rule.address,
  url: rule.url,
  reasons: rule.reasons,
  quiet_start: rule.quiet_start,
  quiet_end: rule.quiet_end,
  quiet_weekends: rule.quiet_weekends,
  zone: rule.zone,
  urgent_ignores_quiet: rule.urgent_ignores_quiet,
  digest_minutes: rule.digest_minutes,
  is_active: rule.is_active,
  last_told_at: rule.last_told_at,
  last_failure: rule.last_failure,
  version: rule.version,
});
