import type { Reader } from '../../database/index.js';
import type { MemoryService } from '../../memory/index.js';
import type { Playbooks } from './playbooks.js';
import type { PortfolioRates } from './portfolio-rates.js';

/** Where facts are gathered from. */
export interface FactSources {
  /** An open unit, or the database outside of any. */
  readonly reader: Reader;
  readonly rates: PortfolioRates;
  readonly memory: MemoryService;
  readonly playbooks: Playbooks;
  /** ISO instant. */
  readonly now: string;
}
