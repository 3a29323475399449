import { type Word, standingOf, whyNot } from './judge-consent.js';

const aWord = (kind: Word['kind'], day: number, changes: Partial<Word> = {}): Word => ({
  kind,
  channel: 'Email',
  at: `2026-01-${String(day).padStart(2, '0')}T10:00:00.000Z`,
  choice: null,
  ...changes,
});
const isOpen = (words: Word[], channel: 'Email' | 'SMS' = 'Email', gdprConsent = true): boolean =>
  whyNot(standingOf(words), channel, 'offers', gdprConsent) === null;

describe('standingOf', () => {
  it('leaves it to the consent field where nothing was said', () => {
    expect([isOpen([], 'Email', true), isOpen([], 'Email', false)]).toEqual([true, false]);
  });

  it('closes every channel with an objection on one', () => {
    const words = [aWord('given', 1, { channel: 'SMS' }), aWord('withdrawn', 2)];
    expect([isOpen(words, 'Email'), isOpen(words, 'SMS')]).toEqual([false, false]);
  });

  it('goes by the last word in time, whatever the order of the list', () => {
    const words = [aWord('given', 3), aWord('withdrawn', 2)];
    expect([isOpen(words, 'Email'), isOpen(words, 'SMS')]).toEqual([true, false]);
    expect(isOpen([aWord('withdrawn', 4), ...words])).toBe(false);
  });

  it('opens what the person chose and nothing else', () => {
    const words = [aWord('withdrawn', 1), aWord('chosen', 2, { choice: { channels: ['SMS'], topics: ['offers'] } })];
    expect([isOpen(words, 'Email'), isOpen(words, 'SMS')]).toEqual([false, true]);
    expect(whyNot(standingOf(words), 'SMS', 'ideas', true)).toBe('the lead chose not to get ideas and guides');
  });

  it('goes back to the consent field when an objection is lifted', () => {
    const words = [aWord('withdrawn', 1), aWord('lifted', 2, { channel: 'All' })];
    expect([isOpen(words), isOpen(words, 'Email', false)]).toEqual([true, false]);
  });

  it('keeps what stands through a pause', () => {
    const until = '2026-02-10T10:00:00.000Z';
    const words = [aWord('given', 1), aWord('paused', 2, { choice: { until } })];
    expect(standingOf(words)).toMatchObject({ pausedUntil: until });
    expect(isOpen(words, 'Email', false)).toBe(true);
  });
});
