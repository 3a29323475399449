import { ShortTermCache } from './short-term-cache.js';
import type { ShortTermMemory } from './short-term.entity.js';

const entry = (lead_id: string, conversation_id = `C-${lead_id}`): ShortTermMemory => ({
  conversation_id,
  lead_id,
  last_utterance_summary: 'asked about pricing',
  active_intent: 'book_demo',
  slots_json: { deep: { list: [1] } },
  expires_at: '2026-03-02T00:00:00.000Z',
});

describe('ShortTermCache', () => {
  let time = 0;
  const make = (limits = {}) =>
    new ShortTermCache({ maxBytes: 1_000_000, maxLeads: 100, freshMs: 1_000, ...limits }, () => time);
  const fill = (cache: ShortTermCache, leadId: string, rows = [entry(leadId)]) =>
    cache.endRead(cache.beginRead([leadId]), rows);
  beforeEach(() => (time = 0));

  it('knows a lead’s entries, and that there are none, until they are too old', () => {
    const cache = make();
    fill(cache, 'L1');
    fill(cache, 'L2', []);
    expect(cache.get('L1')).toEqual([entry('L1')]);
    expect(cache.get('L2')).toEqual([]);
    expect(cache.get('L3')).toBeUndefined();
    expect(cache.leadOfConversation('C-L1')).toBe('L1');
    time = 1_001;
    expect(cache.get('L1')).toBeUndefined();
    expect(cache.leadOfConversation('C-L1')).toBeUndefined();
  });

  it('counts the age from when the table was asked, not from when it answered', () => {
    const cache = make();
    const read = cache.beginRead(['L1']);
    time = 900;
    cache.endRead(read, [entry('L1')]);
    time = 1_001;
    expect(cache.get('L1')).toBeUndefined();
  });

  it('does not take in what changed while it was read', () => {
    const cache = make();
    const read = cache.beginRead(['L1', 'L2']);
    cache.forget(['L1']);
    cache.endRead(read, [entry('L1'), entry('L2')]);
    expect(cache.get('L1')).toBeUndefined();
    expect(cache.get('L2')).toHaveLength(1);
  });

  it('forgets a conversation’s lead by the conversation alone', () => {
    const cache = make();
    fill(cache, 'L1');
    cache.forget([], ['C-L1', 'unknown']);
    expect(cache.get('L1')).toBeUndefined();
    expect(cache.size).toEqual({ leads: 0, bytes: 0 });
  });

  it('lets the least recently used go first, by number and by bytes', () => {
    const cache = make({ maxLeads: 2 });
    fill(cache, 'L1');
    fill(cache, 'L2');
    cache.get('L1');
    fill(cache, 'L3');
    expect([cache.get('L1'), cache.get('L2'), cache.get('L3')].map((each) => each !== undefined)).toEqual([
      true,
      false,
      true,
    ]);

    const small = make({ maxBytes: 2_000 });
    for (let index = 0; index < 50; index++) fill(small, `L${index}`);
    expect(small.size.bytes).toBeLessThanOrEqual(2_000);
    expect(small.size.leads).toBeGreaterThan(0);
    expect(small.get('L49')).toBeDefined();
    fill(
      small,
      'big',
      Array.from({ length: 20 }, (_, index) => entry('big', `C${index}`)),
    );
    expect(small.get('big')).toBeUndefined();
    expect(small.get('L49')).toBeDefined();
  });

  it('keeps nothing when it is off', () => {
    const cache = make({ maxBytes: 0 });
    fill(cache, 'L1');
    fill(cache, 'L2', []);
    expect(cache.size).toEqual({ leads: 0, bytes: 0 });
  });

  it('gives several readers what none of them can change', () => {
    const cache = make();
    fill(cache, 'L1');
    const [row] = cache.get('L1') as [ShortTermMemory];
    expect(() => (row.slots_json as { deep: { list: number[] } }).deep.list.push(2)).toThrow(TypeError);
  });
});
