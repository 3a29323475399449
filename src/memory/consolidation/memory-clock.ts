import { Injectable } from '@nestjs/common';

export type JudgeMoment = (now: string) => Promise<string>;

/** The moment that times to live are held against: now, unless whoever knows the history says that it ended before. */
@Injectable()
export class MemoryClock {
  private judge: JudgeMoment = (now) => Promise.resolve(now);

  /** Memory does not see interactions, so who does says which moment counts. */
  judgeBy(judge: JudgeMoment): void {
    this.judge = judge;
  }

  momentOf(now: string): Promise<string> {
    return this.judge(now);
  }
}
