import { Injectable } from '@nestjs/common';
import { People, type Person } from '../../auth/index.js';
import { newId } from '../../config/index.js';
import type { Unit } from '../../database/index.js';
import { Listens } from '../../operations/index.js';
import { Outbox } from '../../queue/index.js';
import { DeputiesService } from '../team/deputies.service.js';
import { CASE_MENTIONED, type CaseMentioned } from '../happenings.js';
import { NotificationRule } from './notification-rule.entity.js';
import { Notification, type Notice } from './notification.entity.js';
import { whenToTell } from './when-to-tell.js';

export const TELL = 'inbox.tell';

/** Payload of `TELL`. */
export interface TellJob {
  readonly batch: string;
}

/** Something of the inbox that people may want to be told of. */
export interface News {
  readonly item_type: Notification['item_type'];
  readonly item_id: string;
  readonly lead_id: string | null;
  /** A reason of cases, `approval` or `mention`. */
  readonly about: string;
  readonly notice: Notice;
  /** Hot or urgent. */
  readonly isHot: boolean;
}

/** Writes down, by the rules, who is to be told of what and when; `Teller` does it. */
@Injectable()
export class Notices {
  constructor(
    private readonly people: People,
    private readonly deputies: DeputiesService,
    private readonly outbox: Outbox,
  ) {}

  /** In the unit that learns of it. */
  async take(unit: Unit, news: readonly News[], now: string): Promise<void> {
    const rules = await activeRules(unit);
    if (rules.length === 0) return;
    const people = rules.some(({ role }) => role !== null) ? await this.people.active(unit) : [];
    for (const rule of rules) {
      const told = news.filter(({ about }) => tellsOf(rule, about));
      if (told.length === 0) continue;
      for (const userId of await this.toldBy(unit, rule, people, now)) {
        await this.write(
          unit,
          rule,
          userId,
          told.map((each) => [each, whenToTell(rule, each.isHot, now)]),
          now,
        );
      }
    }
  }

  /** Tells of what waits for long, once a day and rule, whatever its pace. @param day of the rule's zone */
  async takeDaily(unit: Unit, rule: NotificationRule, news: readonly News[], day: string, now: string): Promise<void> {
    const told = news.filter(({ about }) => tellsOf(rule, about));
    if (told.length === 0) return;
    for (const userId of await this.toldBy(unit, rule, await this.people.active(unit), now))
      await this.write(
        unit,
        rule,
        userId,
        told.map((each) => [each, now] as const),
        now,
        `${day}`,
      );
  }

  /** Who is mentioned is told by the rules that tell them anything. */
  @Listens(CASE_MENTIONED)
  async mentioned({ unit, escalation, userIds, now }: CaseMentioned): Promise<void> {
    const { escalation_id: item_id, lead_id } = escalation;
    const news: News = {
      item_type: 'escalation',
      item_id,
      lead_id,
      about: 'mention',
      notice: 'mentioned',
      isHot: false,
    };
    const people = [...(await this.people.find(unit, userIds)).values()];
    for (const rule of (await activeRules(unit)).filter((each) => tellsOf(each, 'mention'))) {
      const own = people.filter(({ user_id, role }) => user_id === rule.user_id || role === rule.role);
      const userIdsTold = rule.channel === 'webhook' ? [null] : own.map(({ user_id }) => user_id);
      for (const userId of userIdsTold)
        await this.write(unit, rule, userId, [[news, whenToTell(rule, false, now)]], now);
    }
  }

  /** The users whom a rule tells; null for an address or a webhook. Who is away is told by their deputy. */
  private async toldBy(
    unit: Unit,
    { user_id, role }: NotificationRule,
    people: readonly Person[],
    now: string,
  ): Promise<(string | null)[]> {
    if (user_id !== null) return [await this.deputies.inChargeFor(unit, user_id, now)];
    if (role === null) return [null];
    return people.filter((person) => person.role === role).map((person) => person.user_id);
  }

  /** What is told at the same time goes together. @param round tells batches of one time from each other */
  private async write(
    unit: Unit,
    { rule_id }: NotificationRule,
    user_id: string | null,
    told: readonly (readonly [News, string])[],
    now: string,
    round?: string,
  ): Promise<void> {
    const rows = told.map(([{ item_type, item_id, lead_id, notice }, deliver_at]): Notification => {
      const notification_id = newId('ntc');
      const isNow = deliver_at <= now && round === undefined;
      const batch = isNow ? notification_id : [rule_id, user_id ?? '', round ?? deliver_at].join('|');
      const about = { item_type, item_id, lead_id, notice };
      return { notification_id, rule_id, ...about, user_id, batch, deliver_at, told_at: null, created_at: now };
    });
    await unit.of(Notification).insert(rows);
    await this.outbox.add(
      unit,
      rows.map(({ batch, deliver_at }) => {
        const payload: TellJob = { batch };
        return { topic: TELL, key: `${TELL}:${batch}`, payload, availableAt: deliver_at };
      }),
    );
  }
}

function activeRules(unit: Unit): Promise<NotificationRule[]> {
  return unit.of(NotificationRule).find({ is_active: true }, { order: { rule_id: 'asc' } });
}

function tellsOf({ reasons }: NotificationRule, about: string): boolean {
  return reasons.length === 0 || reasons.includes(about);
}
