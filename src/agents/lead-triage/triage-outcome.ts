import type { EscalationWish, HotAsk, TriageFacts } from '../core/index.js';
import type { Priority, TriageCategory } from '../../vocabulary/index.js';
import type { ModelOpinion } from './lead-model.js';
import type { Factor } from './score-lead.js';

export interface TriageInputs {
  readonly facts: TriageFacts;
  /** Changes how soon the lead is answered, never what it scores. */
  readonly priority: Priority;
  readonly model: ModelOpinion | null;
  /** Below this confidence the decision is not acted on alone; 0.8 unless set. */
  readonly confidence_threshold: number;
  /** `spent` when no person looks at doubtful leads any more today; left out while somebody does. */
  readonly attention?: 'spent';
}

/** Where the lead goes next: to the engagement agent, the slow sequence, the support desk, or a person's inbox. */
export type TriageRoute = 'engagement' | 'nurture' | 'support' | 'person';

export interface RecommendedAction {
  readonly action: string;
  readonly description: string;
}

export interface TriageOutcome {
  readonly category: TriageCategory;
  readonly confidence: number;
  readonly score: number;
  readonly probabilities: Readonly<Record<TriageCategory, number>>;
  readonly evidence_count: number;
  readonly factors: readonly Factor[];
  readonly missing_fields: readonly string[];
  readonly is_low_confidence: boolean;
  readonly route: TriageRoute;
  /** Fields to ask the lead for: each could settle the doubt. */
  readonly ask_for: readonly string[];
  /** What a buyer asks for in the lead's words; absent from decisions before version 1.2.0. */
  readonly hot?: readonly HotAsk[];
  /** What a wrong way would cost, in USD: (1 − confidence) · value; absent as above. */
  readonly at_stake_usd?: number;
  /** What the lead may be worth, in USD: score / 100 of a mean conversion; absent as above. */
  readonly value_usd?: number;
  readonly escalations: readonly EscalationWish[];
  readonly recommended_actions: readonly RecommendedAction[];
  readonly reasons: readonly string[];
  readonly priority: Priority;
  /** Place in the queue: lower goes first. Priority decides, then the score. */
  readonly order: number;
  readonly respond_within_minutes: number;
}

export const DEFAULT_CONFIDENCE_THRESHOLD = 0.8;
