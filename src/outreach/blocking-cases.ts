import { Injectable } from '@nestjs/common';
import type { Reader, Unit } from '../database/index.js';
import { Listeners } from '../operations/index.js';
import { Clock } from '../config/index.js';
import { PERMISSION_CHANGED } from './happenings.js';

/** The reason of one open case that blocks, by lead; leads without one are absent. */
export type BlockingCaseReader = (reader: Reader, leadIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** Whether a message is what a person answers to a case. */
export type AnswerFinder = (reader: Reader, messageId: string) => Promise<boolean>;

/** Where the gate learns that a case about a lead lies with a person. Whoever keeps cases registers here. */
@Injectable()
export class BlockingCases {
  private readonly readers: BlockingCaseReader[] = [];
  private readonly answers: AnswerFinder[] = [];

  constructor(
    private readonly listeners: Listeners,
    private readonly clock: Clock,
  ) {}

  register(read: BlockingCaseReader): void {
    this.readers.push(read);
  }

  /** Says which messages an open case does not hold back: a person's own answer to it. */
  registerAnswers(isAnswer: AnswerFinder): void {
    this.answers.push(isAnswer);
  }

  async isAnswer(reader: Reader, messageId: string): Promise<boolean> {
    for (const isAnswer of this.answers) if (await isAnswer(reader, messageId)) return true;
    return false;
  }

  /** Per lead, why its messages wait for a person. */
  async of(reader: Reader, leadIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    if (leadIds.length === 0) return found;
    for (const read of this.readers)
      for (const [leadId, reason] of await read(reader, leadIds)) found.set(leadId, reason);
    return found;
  }

  /** A case of the lead was settled: what it held is judged again. */
  async settled(unit: Unit, leadId: string): Promise<void> {
    await this.listeners.tell(PERMISSION_CHANGED, {
      unit,
      lead_id: leadId,
      change: 'lifted',
      channel: 'All',
      now: this.clock.iso(),
    });
  }
}
