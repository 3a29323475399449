import { Injectable } from '@nestjs/common';
import { type EngagementInputs, type EngagementOutcome, stepsOfMessage } from '../../agents/engagement/index.js';
import { Clock } from '../../config/index.js';
import { Database, type Unit, UnitOfWork } from '../../database/index.js';
import { Ledger } from '../../decisions/index.js';
import { MemoryService } from '../../memory/index.js';
import { type Message, Messages, type SentMessage } from '../../outreach/index.js';
import { Every, Job, type Settle } from '../../queue/index.js';
import { Playbooks } from '../facts/playbooks.js';

/** How an engagement ended. */
export type EngagementEnd = 'converted' | 'good_answer' | 'answer' | 'no_answer' | 'declined' | 'opted_out';

/** What each end is worth as the outcome of the episode, 0 to 1. */
const OUTCOME_OF_END: Readonly<Record<EngagementEnd, number>> = {
  converted: 1,
  good_answer: 0.9,
  answer: 0.5,
  no_answer: 0.1,
  declined: 0.05,
  opted_out: 0,
};
/** An answer is waited for so long; a later one is no answer to this message. */
const ANSWER_WITHIN_DAYS = 7;
/** Conversions are put down to a message for so long. */
const CONVERSION_WITHIN_DAYS = 30;
/** Older messages were looked at by earlier sweeps. */
const LOOKED_BACK_DAYS = 37;
const DAY_MS = 86_400_000;
const SWEPT_AT_ONCE = 100;
const SOURCE = 'engagement';

/**
 * Writes back what came of engagements: one episode for each decision that sent a message, with its steps and its
 * end. The first end that is known counts, and telling it again changes nothing.
 */
@Injectable()
export class EngagementEpisodes {
  constructor(
    private readonly messages: Messages,
    private readonly memory: MemoryService,
    private readonly ledger: Ledger,
    private readonly playbooks: Playbooks,
    private readonly database: Database,
    private readonly units: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async finish(
    unit: Unit,
    { decision_id, lead_id, channel }: Pick<Message, 'decision_id' | 'lead_id' | 'channel'>,
    end: EngagementEnd,
    now: string,
  ): Promise<void> {
    const decision = decision_id === null ? undefined : await this.ledger.get(unit, decision_id);
    if (decision?.kind !== 'lead.engage') return;
    const outcome = decision.outcome as EngagementOutcome;
    if (outcome.kind !== 'message') return;
    const { lead } = (decision.inputs as EngagementInputs).facts;
    const { call_to_action, tone = null, topic = null } = outcome.message;
    await this.memory.rememberEpisodes(
      unit,
      [
        {
          scenario: outcome.scenario,
          action_sequence_json: stepsOfMessage({ call_to_action, channel, tone, topic, persona: lead.persona }),
          outcome_score: OUTCOME_OF_END[end],
          // nothing that tells leads apart, so that the same done in the same situation is one episode that happened
          // again
          notes: `message of the ${outcome.mode} sequence`,
          source_id: decision.decision_id,
          lead_id,
        },
      ],
      { now, source: SOURCE },
    );
    unit.afterCommit(() => this.playbooks.forget(outcome.scenario));
  }

  /** The last message that went to a lead before it converted is taken to have had a part in it. */
  async finishByConversion(unit: Unit, leadId: string, convertedAt: string, now: string): Promise<void> {
    const span = { from: daysBefore(convertedAt, CONVERSION_WITHIN_DAYS), to: convertedAt };
    const last = await this.messages.lastDecided(unit, leadId, span);
    if (last) await this.finish(unit, last, 'converted', now);
  }

  @Every('hour')
  @Job('engagement.unanswered', { concurrency: 1, isOutside: true })
  async sweep(_job: Job, settle: Settle): Promise<void> {
    await this.finishUnanswered();
    await settle(() => Promise.resolve());
  }

  /**
   * Ends the engagements that nobody has answered in a week, some at a time in units of their own. @returns how many
   */
  async finishUnanswered(): Promise<number> {
    const now = this.clock.iso();
    let finished = 0;
    for (let last: SentMessage | undefined; ;) {
      const sent = await this.sentLongAgo(now, last);
      if (sent.length === 0) return finished;
      const decisionIds = sent.map(({ decision_id }) => decision_id);
      const open = new Set(await this.memory.eventsWithoutEpisode(this.database, SOURCE, decisionIds));
      const due = sent.filter(({ decision_id }) => open.has(decision_id));
      if (due.length > 0) finished += await this.finishAll(due, now);
      last = sent.at(-1);
    }
  }

  private finishAll(due: readonly SentMessage[], now: string): Promise<number> {
    return this.units.run(async (unit) => {
      let count = 0;
      for (const { message_id } of due) count += (await this.finishOne(unit, message_id, now)) ? 1 : 0;
      return count;
    });
  }

  private async finishOne(unit: Unit, message_id: string, now: string): Promise<boolean> {
    const message = await this.messages.lock(unit, message_id);
    if (message?.decision_id == null) return false;
    // what came of it may have been told, and was forgotten with the lead
    const forgottenAt = await this.memory.forgottenAt(unit, message.lead_id);
    if (forgottenAt !== null && message.sent_at! <= forgottenAt) return false;
    await this.finish(unit, message, 'no_answer', now);
    await this.ledger.measure(unit, message.decision_id, {
      event: 'no_answer',
      at: now,
      outcome: 'none',
      succeeded: false,
    });
    return true;
  }

  private sentLongAgo(now: string, last: SentMessage | undefined): Promise<SentMessage[]> {
    const span = { from: daysBefore(now, LOOKED_BACK_DAYS), to: daysBefore(now, ANSWER_WITHIN_DAYS) };
    return this.messages.sentBetween(this.database, span, last, SWEPT_AT_ONCE);
  }
}

function daysBefore(instant: string, days: number): string {
  return new Date(Date.parse(instant) - days * DAY_MS).toISOString();
}
