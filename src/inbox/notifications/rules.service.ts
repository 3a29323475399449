import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { People } from '../../auth/index.js';
import { Settings, newId } from '../../config/index.js';
import { Database, type Reader } from '../../database/index.js';
import { invalid, notFound } from '../../errors/index.js';
import { type CommandContext, DEFAULT_PAGE, DoneResponse, Operation, checkVersion } from '../../operations/index.js';
import { OutboundGuard, OutboundRefusal } from '../../outbound/index.js';
import { HealthRegistry } from '../../telemetry/index.js';
import { NotificationRule } from './notification-rule.entity.js';
import {
  CreateRuleRequest,
  CreatedRuleResponse,
  ListRulesRequest,
  RuleIdRequest,
  RulePage,
  RuleResponse,
  UpdateRuleRequest,
  toRuleResponse,
} from './rules.dto.js';

/** Who is told of what comes into the inbox. None is configured at first: then only live events tell of it. */
@Injectable()
export class NotificationRulesService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly people: People,
    private readonly guard: OutboundGuard,
    private readonly settings: Settings,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.health.register('notifications', async () => {
      const rules = await this.database.of(NotificationRule).count({ is_active: true });
      return rules === 0 ? 'nobody is told of what comes into the inbox: there is no notification rule' : undefined;
    });
  }

  @Operation({
    name: 'notification_rule.list',
    permission: 'approvals:read',
    kind: 'query',
    request: ListRulesRequest,
    response: RulePage,
    summary: 'Who is told of what comes into the inbox, by which way, and when not',
    rest: { route: 'GET /api/v1/notification-rules', tag: 'inbox' },
  })
  async list({ limit = DEFAULT_PAGE, cursor }: ListRulesRequest): Promise<RulePage> {
    const page = await this.database.of(NotificationRule).page({ limit, cursor });
    return { items: page.items.map(toRuleResponse), next_cursor: page.next_cursor };
  }

  @Operation({
    name: 'notification_rule.create',
    permission: 'system:write',
    kind: 'command',
    request: CreateRuleRequest,
    response: CreatedRuleResponse,
    summary: 'Have people told: by mail (a user, a role, an address) or by a signed webhook, such as of a chat',
    rest: { route: 'POST /api/v1/notification-rules', status: 201, hasEtag: true, tag: 'inbox' },
    carriesSecret: true,
  })
  async create(request: CreateRuleRequest, { unit, now }: CommandContext): Promise<CreatedRuleResponse> {
    await this.checkTarget(unit, request);
    const secret = request.channel === 'webhook' ? `whsec_${randomBytes(24).toString('base64')}` : null;
    const rule: NotificationRule = {
      rule_id: newId('rul'),
      name: request.name,
      channel: request.channel,
      user_id: request.user_id ?? null,
      role: request.role ?? null,
      address: request.address ?? null,
      url: request.url ?? null,
      secret,
      reasons: request.reasons ?? [],
      quiet_start: request.quiet_start ?? null,
      quiet_end: request.quiet_end ?? null,
      quiet_weekends: request.quiet_weekends ?? false,
      zone: request.zone ?? 'UTC',
      urgent_ignores_quiet: request.urgent_ignores_quiet ?? false,
      digest_minutes: request.digest_minutes ?? 0,
      is_active: request.is_active ?? true,
      last_told_at: null,
      last_failure: null,
      created_at: now,
      version: 1,
    };
    checkPace(rule);
    await unit.of(NotificationRule).insert(rule);
    return { ...toRuleResponse(rule), secret };
  }

  @Operation({
    name: 'notification_rule.update',
    permission: 'system:write',
    kind: 'command',
    request: UpdateRuleRequest,
    response: RuleResponse,
    summary: 'Change of what, how often and when a rule tells, or have it rest',
    rest: { route: 'PATCH /api/v1/notification-rules/:rule_id', hasEtag: true, tag: 'inbox' },
    isIdempotent: true,
  })
  async update({ rule_id, ...changes }: UpdateRuleRequest, { unit, ifMatch }: CommandContext): Promise<RuleResponse> {
    const [rule] = await unit.of(NotificationRule).find({ rule_id }, { lock: true });
    if (!rule) throw notFound('notification rule', rule_id);
    checkVersion(ifMatch, rule.version);
    const changed = { ...rule, ...changes, version: rule.version + 1 };
    checkPace(changed);
    await unit.of(NotificationRule).update({ rule_id }, { ...changes, version: changed.version });
    return toRuleResponse(changed);
  }

  @Operation({
    name: 'notification_rule.delete',
    permission: 'system:write',
    kind: 'command',
    request: RuleIdRequest,
    response: DoneResponse,
    summary: 'Drop a rule: it tells nothing more, not even what waits for its digest',
    rest: { route: 'DELETE /api/v1/notification-rules/:rule_id', isEmpty: true, tag: 'inbox' },
    isIdempotent: true,
    isDestructive: true,
  })
  async remove({ rule_id }: RuleIdRequest, { unit }: CommandContext): Promise<DoneResponse> {
    if ((await unit.of(NotificationRule).delete({ rule_id })) === 0) throw notFound('notification rule', rule_id);
    return {};
  }

  /** @throws AppError invalid where there is nobody to tell, or no way to */
  private async checkTarget(reader: Reader, request: CreateRuleRequest): Promise<void> {
    const { channel, url, user_id } = request;
    const targets = (['user_id', 'role', 'address', 'url'] as const).filter((name) => request[name] !== undefined);
    const allowed = channel === 'mail' ? ['user_id', 'role', 'address'] : ['url'];
    const foreign = targets.find((name) => !allowed.includes(name));
    if (foreign) throw invalid(foreign, `does not go with the channel "${channel}"`);
    if (targets.length !== 1) throw invalid(allowed[0]!, `give exactly one of ${allowed.join(', ')}`);
    if (channel === 'mail' && this.settings.smtpUrl === undefined)
      throw invalid('channel', 'mail needs the setting HERALD_SMTP_URL');
    if (user_id !== undefined && !(await this.people.find(reader, [user_id])).has(user_id))
      throw invalid('user_id', `there is no user "${user_id}"`);
    if (url === undefined) return;
    try {
      // what the name stands for is asked when it is called, each time
      await this.guard.check(url, async () => [SOMEWHERE_PUBLIC]);
    } catch (error) {
      if (error instanceof OutboundRefusal) throw invalid('url', error.message);
      throw error;
    }
  }
}

const SOMEWHERE_PUBLIC = { address: '1.1.1.1', family: 4 };

/** @throws AppError invalid for hours or a zone that cannot be kept to */
function checkPace({ quiet_start, quiet_end, zone }: NotificationRule): void {
  if ((quiet_start === null) !== (quiet_end === null))
    throw invalid(quiet_start === null ? 'quiet_start' : 'quiet_end', 'quiet hours need a start and an end');
  if (quiet_start !== null && quiet_start === quiet_end) throw invalid('quiet_end', 'must differ from quiet_start');
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw invalid('zone', `there is no time zone "${zone}"`);
  }
}
