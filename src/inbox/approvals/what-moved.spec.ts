import { hashJson } from '../../decisions/index.js';
import { whatMoved } from './what-moved.js';

const effect = { campaign_id: 'CMP0001', daily_budget_usd: 120 };
const state = { daily_budget_usd: 100, status: 'active' };
const bound = { effect, effect_hash: hashJson(effect), state_ref: state, state_hash: hashJson(state) };

describe('whatMoved', () => {
  it('finds nothing where nothing moved, whatever the order of the keys', () => {
    expect(whatMoved(bound, { status: 'active', daily_budget_usd: 100 })).toBeUndefined();
  });

  it.each<[string, Parameters<typeof whatMoved>[0], unknown, string]>([
    ['the state', bound, { ...state, status: 'paused' }, 'status was "active", is "paused"'],
    ['a new field of the state', bound, { ...state, locked: true }, 'locked was null, is true'],
    ['a state that is gone', bound, null, 'is gone'],
    [
      'the effect',
      { ...bound, effect: { ...effect, daily_budget_usd: 121 } },
      state,
      'the effect is no longer the one',
    ],
    [
      'the record of the state',
      { ...bound, state_ref: { ...state, daily_budget_usd: 90 } },
      { ...state, daily_budget_usd: 90 },
      'its record was changed',
    ],
  ])('names %s', (_, approval, present, words) => {
    expect(whatMoved(approval, present)).toContain(words);
  });
});
