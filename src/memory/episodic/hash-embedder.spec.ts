import { codeEmbedding, decodeEmbedding, encodeEmbedding, similarityOf } from './embedding.js';
import { HashEmbedder } from './hash-embedder.js';
import { wordsOf } from './words-of.js';

const embedder = new HashEmbedder();
const embed = async (text: string) => (await embedder.embed([text]))[0]!;
const dot = (one: Float32Array, other: Float32Array) =>
  one.reduce((sum, component, index) => sum + component * other[index]!, 0);
const similarity = async (one: string, other: string) => dot(await embed(one), await embed(other));

describe('wordsOf', () => {
  it.each([
    ['send_case_study, twice!', ['send', 'case', 'study', 'twice']],
    ['Reviews of policies; the boss was busy', ['review', 'of', 'policy', 'the', 'boss', 'was', 'busy']],
    ['Müller à la carte', ['muller', 'a', 'la', 'carte']],
    ['ﬁne 契約 100%', ['fine', '契約', '100']],
    ['', []],
    ['\u0000 "*" ^(\ud800)', []],
  ])('finds in %j the words %j', (text, words) => expect(wordsOf(text)).toEqual(words));

  it('cuts what is too long to be a word, and stops where it is told to', () => {
    expect(wordsOf('x'.repeat(100_000))).toEqual(['x'.repeat(40)]);
    expect(wordsOf('one two three', 2)).toEqual(['one', 'two']);
  });
});

describe('HashEmbedder', () => {
  it('gives the same vector of length 1 for the same text, whatever came before', async () => {
    const first = await embed('security review with the CISO');
    await embed('something else, and much longer than the first text was');
    const [again] = await new HashEmbedder().embed(['security review with the CISO']);
    expect(again).toEqual(first);
    expect(dot(first, first)).toBeCloseTo(1, 6);
  });

  it('names its model after all that its vectors depend on', () => {
    expect([embedder.model, embedder.dimensions]).toEqual(['hash-v1-256', 256]);
    expect(new HashEmbedder(64).model).toBe('hash-v1-64');
    expect(() => new HashEmbedder(100)).toThrow(RangeError);
  });

  it('gives zeros for a text without words', async () => {
    for (const text of ['', ' \n', '%_ "*"', '\u0000\u0001'])
      expect((await embed(text)).every((component) => component === 0)).toBe(true);
  });

  it('finds texts alike that share words, in another order or form, and strangers not', async () => {
    expect(
      await similarity('security review needs one pager', 'reviews of security: one-pager needed'),
    ).toBeGreaterThan(0.6);
    expect(await similarity('customer postponed the migration', 'custmer postpones migrations')).toBeGreaterThan(0.4);
    expect(Math.abs(await similarity('budget blocker', 'the weather in spring was mild and dry'))).toBeLessThan(0.2);
    // no synonyms: this is what it cannot do
    expect(Math.abs(await similarity('cheap', 'low-priced'))).toBeLessThan(0.2);
  });

  it('reads no further than a few hundred words, and no further into a word than words are long', async () => {
    expect(await embed('ab '.repeat(300_000))).toEqual(await embed('ab '.repeat(400)));
    expect(await embed('x'.repeat(1_000_000))).toEqual(await embed('x'.repeat(40)));
  });
});

describe('a coded embedding', () => {
  it('comes back from its text and keeps the cosine', async () => {
    const [one, other] = [await embed('churn risk after the price went up'), await embed('price went up: churn risk')];
    const coded = decodeEmbedding(encodeEmbedding(codeEmbedding(other)));
    expect(coded.values).toHaveLength(256);
    expect(similarityOf(one, coded)).toBeCloseTo(dot(one, other), 2);
    expect(codeEmbedding(new Float32Array(256)).values.every((value) => value === 0)).toBe(true);
  });
});
