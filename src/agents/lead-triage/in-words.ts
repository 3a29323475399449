import type { HotAsk } from '../core/index.js';

const WORDS: Readonly<Record<HotAsk, string>> = { buy: 'a contract', demo: 'a demo', call: 'a call', price: 'a price' };

/** What a buyer asks for, as in "asks for a demo and a price". */
export function inWords(asks: readonly HotAsk[]): string {
  return asks.map((ask) => WORDS[ask]).join(' and ');
}
