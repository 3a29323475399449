/** Words of these tables as an SQL list, `('a', 'b')`; they hold no quote. */
export function sqlWords(words: readonly string[]): string {
  if (words.length === 0 || words.some((word) => !/^[\w -]+$/.test(word)))
    throw new RangeError(`not words of a table: ${words.join(', ')}`);
  return `(${words.map((word) => `'${word}'`).join(', ')})`;
}
