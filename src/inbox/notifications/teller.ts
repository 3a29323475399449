import { Injectable } from '@nestjs/common';
import { People } from '../../auth/index.js';
import { Clock, Settings } from '../../config/index.js';
import { Database, UnitOfWork } from '../../database/index.js';
import { Job, type Settle } from '../../queue/index.js';
import { Approval } from '../approvals/approval.entity.js';
import { Escalation } from '../escalations/escalation.entity.js';
import { type ToldItem, composeNotice } from './compose-notice.js';
import { TELL, type TellJob } from './notices.js';
import { NotificationRule } from './notification-rule.entity.js';
import { Notification } from './notification.entity.js';
import { GoneError, NoticeWires } from './notice-wires.js';

/** Tries over one and a half hours, so that a relay or a chat that is away costs a delay. */
const ATTEMPTS = 12;
const FIRST_RETRY_MS = 10_000;

/** Tells people of what waits: what is settled by then is left out. */
@Injectable()
export class Teller {
  constructor(
    private readonly database: Database,
    private readonly uow: UnitOfWork,
    private readonly people: People,
    private readonly wires: NoticeWires,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  @Job(TELL, { isOutside: true, attempts: ATTEMPTS, backoffMs: FIRST_RETRY_MS, forgetsDone: true })
  async tell({ payload: { batch }, outboxId }: Job<TellJob>, settle: Settle): Promise<void> {
    const rows = await this.database.of(Notification).find({ batch, told_at: null });
    const rule = rows[0] && (await this.database.of(NotificationRule).get(rows[0].rule_id));
    const items = rule?.is_active ? await this.itemsOf(rows) : [];
    const to = rule && (await this.addressOf(rule, rows[0]!.user_id));
    if (!rule || items.length === 0 || to === undefined) return settle(async () => undefined);
    try {
      await this.wires.send(rule, to, { ...composeNotice(items), items }, outboxId);
    } catch (error) {
      const last_failure = (error instanceof Error ? error.message : String(error)).slice(0, 500);
      // the receiver wants no more of it
      const isGone = error instanceof GoneError;
      const patch = { last_failure, ...(isGone && { is_active: false }) };
      const { rule_id } = rule;
      if (isGone) return settle(async (unit) => void (await unit.of(NotificationRule).update({ rule_id }, patch)));
      await this.uow.run((unit) => unit.of(NotificationRule).update({ rule_id }, patch));
      throw error;
    }
    const told_at = this.clock.iso();
    await settle(async (unit) => {
      await unit.of(Notification).update({ batch, told_at: null }, { told_at });
      await unit.of(NotificationRule).update({ rule_id: rule.rule_id }, { last_told_at: told_at, last_failure: null });
    });
  }

  /** Null for a webhook; undefined for a user who is not there any more. */
  private async addressOf(rule: NotificationRule, userId: string | null): Promise<string | null | undefined> {
    if (rule.channel === 'webhook') return null;
    if (userId === null) return rule.address ?? undefined;
    const person = (await this.people.find(this.database, [userId])).get(userId);
    return person && person.scopes.size > 0 ? person.email : undefined;
  }

  /** What still waits of it, in its order; a thing that is told for several reasons once. */
  private async itemsOf(rows: readonly Notification[]): Promise<ToldItem[]> {
    const idsOf = (type: Notification['item_type']) =>
      rows.flatMap((row) => (row.item_type === type ? row.item_id : []));
    const cases = await this.database.of(Escalation).find({ escalation_id: idsOf('escalation') });
    const approvals = await this.database.of(Approval).find({ approval_id: idsOf('approval') });
    const noticeOf = new Map(rows.map(({ item_id, notice }) => [item_id, notice]));
    const waiting = [
      ...cases
        .filter(({ status, escalation_id }) => status !== 'resolved' || noticeOf.get(escalation_id) === 'mentioned')
        .map((each) => ({ ...each, item_type: 'escalation' as const, item_id: each.escalation_id })),
      ...approvals
        .filter(({ status }) => status === 'pending')
        .map((each) => ({
          ...{ ...each, item_type: 'approval' as const, item_id: each.approval_id },
          ...{ reason: null, due_at: each.expires_at },
        })),
    ];
    return waiting
      .sort((a, b) => ((a.sort_key ?? '') < (b.sort_key ?? '') ? -1 : 1))
      .map(({ item_type, item_id, reason, title, priority, due_at, lead_id }) => ({
        ...{ item_type, item_id, reason, title, priority, due_at, lead_id, notice: noticeOf.get(item_id)! },
        url: `${this.settings.publicUrl}/#/inbox/${item_type}/${item_id}`,
      }));
  }
}
