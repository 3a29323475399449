/**
 * Something that happened with a lead, as memory learns from it.
 * - contact: we wrote or called · activity: the lead opened, clicked or visited · reply: the lead said something ·
 * - conversion: the lead bought or agreed to
 */
export interface Observation {
  readonly lead_id: string;
  /** What happened once has one id; told again it does not count again. */
  readonly source_id: string;
  readonly kind: 'contact' | 'activity' | 'reply' | 'conversion';
  /** ISO instant. */
  readonly at: string;
  readonly channel?: string;
  /** The data set's outcome. `negative` and `unsubscribe` do not speak for the channel, the hour or the topic. */
  readonly outcome?: string;
  /** What it was about. */
  readonly topics?: readonly string[];
  /** Worth of a conversion. */
  readonly value_usd?: number;
  /** That a person did it and no machine, 0 to 1; 1 when left out. */
  readonly human_probability?: number;
  /** IANA zone in which the lead reads the clock; hours are not learned without it. */
  readonly time_zone?: string;
}

/** What is known elsewhere of a lead's past: all of it, or what happened after an instant. */
export type ReadHistory = (leadId: string, after: string | null) => Promise<readonly Observation[]>;
