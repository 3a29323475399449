import { backoffMs, jobIdOf, parseJobId } from './delivery.js';

describe('job ids', () => {
  it('name the try, and read back as what they were made of', () => {
    const jobId = jobIdOf({ outbox_id: 'out_0mk3', round: 1, attempts: 2 });
    expect(jobId).toBe('out_0mk3.1.2');
    expect(parseJobId(jobId)).toEqual({ outboxId: 'out_0mk3', round: 1, attempt: 2 });
  });

  it.each(['', 'out_1', 'out_1.0'])('are refused when they are not ours: "%s"', (jobId) => {
    expect(() => parseJobId(jobId)).toThrow(TypeError);
  });
});

describe('backoffMs', () => {
  const middles = [
    [0, 1_000],
    [1, 2_000],
    [5, 32_000],
    [40, 900_000],
  ] as const;
  it.each(middles)('waits after %i failed tries for %i ms, a quarter more or less', (attempt, middle) => {
    for (let index = 0; index < 200; index++) {
      const wait = backoffMs(1_000, { outboxId: `out_${index}`, attempt });
      expect(wait).toBeGreaterThanOrEqual(middle * 0.75);
      expect(wait).toBeLessThanOrEqual(middle * 1.25);
    }
  });

  it('differs from row to row and is the same each time', () => {
    const waits = ['a', 'b', 'c', 'd'].map((outboxId) => backoffMs(1_000, { outboxId, attempt: 0 }));
    expect(new Set(waits).size).toBe(4);
    expect(backoffMs(1_000, { outboxId: 'a', attempt: 0 })).toBe(waits[0]);
  });
});
