import { newId } from './new-id.js';

describe('new ids', () => {
  it('carry their prefix and are safe in an address', () => {
    expect(newId('dec')).toMatch(/^dec_[0-9a-z]{12}[0-9a-f]{10}$/);
  });

  it('are unique and sort in the order in which they were made', () => {
    const ids = Array.from({ length: 40_000 }, () => newId('L'));
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
  });

  it('keep their order when the clock is set back', () => {
    const later = newId('L', Date.now() + 5);
    const earlier = newId('L', Date.now() - 60_000);
    expect(earlier > later).toBe(true);
  });
});
