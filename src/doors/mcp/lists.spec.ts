import { PAGE_SIZE, pageOf } from './lists.js';

const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index).padStart(4, '0'));
const key = (each: string) => each;

describe('pageOf', () => {
  it('gives everything at once where it fits on a page', () => {
    expect(pageOf(numbered(PAGE_SIZE), key, undefined)).toEqual({ page: numbered(PAGE_SIZE) });
  });

  it('goes on after the last key that it gave, although the list changed meanwhile', () => {
    const all = numbered(PAGE_SIZE + 10);
    const { page, nextCursor } = pageOf(all, key, undefined);
    const changed = ['0000a', ...all.filter((each) => each !== page.at(-1))].sort();
    expect(pageOf(changed, key, nextCursor)).toEqual({ page: all.slice(PAGE_SIZE) });
  });

  it.each(['', 'x', Buffer.from('[1]').toString('base64url'), Buffer.from('{}').toString('base64url')])(
    'refuses %j, which it never gave',
    (cursor) => {
      expect(() => pageOf(numbered(3), key, cursor)).toThrow(/cursor/);
    },
  );
});
