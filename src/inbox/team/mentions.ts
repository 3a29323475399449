import type { Person } from '../../auth/index.js';

/** `@` at the beginning of a word; a full stop at the end belongs to the sentence. */
const MENTION = /(?<![\w.@])@([\w.+-]+(?:@[\w-]+(?:\.[\w-]+)+)?)/g;

/** The users that a text speaks to: by id, by address, or by what stands before the `@` of one address alone. */
export function mentionsIn(text: string, people: readonly Pick<Person, 'user_id' | 'email'>[]): string[] {
  const found = new Set<string>();
  for (const [, written] of text.matchAll(MENTION)) {
    const handle = written!.replace(/\.+$/, '').toLowerCase();
    const exact = people.find(({ user_id, email }) => user_id.toLowerCase() === handle || email === handle);
    const named = people.filter(({ email }) => email.split('@')[0] === handle);
    const person = exact ?? (named.length === 1 ? named[0] : undefined);
    if (person) found.add(person.user_id);
  }
  return [...found];
}
