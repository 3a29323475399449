import { IN_TURN, type Patience, WriterLine } from './writer-line.js';

describe('the line of those who want to write', () => {
  let now: number;
  let line: WriterLine;
  let order: string[];
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['performance', 'nextTick', 'queueMicrotask'] });
    now = 0;
    line = new WriterLine(1_000, () => now);
    order = [];
  });
  afterEach(() => jest.useRealTimers());

  /** Joins, and once it is its turn works for `takes` milliseconds. */
  const join = async (name: string, takes: number, patience?: Patience): Promise<void> => {
    await line.enter(patience);
    order.push(name);
    await Promise.resolve();
    now += takes;
    line.leave();
  };
  const young: Patience = { waitedMs: 0, patienceMs: 1_000 };
  const overdue = (waitedMs: number): Patience => ({ waitedMs, patienceMs: 1_000 });

  it('lets requests go in their order, and before work in the background', async () => {
    const all = [join('r1', 1), join('b1', 1, young), join('r2', 1), join('b2', 1, young), join('r3', 1)];
    await Promise.all(all.filter((_, index) => index % 2 === 0));
    expect(order).toEqual(['r1', 'r2', 'r3']);
    expect(line.hasRequests).toBe(true);
    // the requests that were answered may come again at once
    now += 3;
    jest.advanceTimersByTime(3);
    await Promise.all(all);
    expect(order).toEqual(['r1', 'r2', 'r3', 'b1', 'b2']);
  });

  it('lets work in the background go at once where no requests wait for each other', async () => {
    await join('r1', 1);
    await Promise.all([join('b1', 1, young), join('r2', 1)]);
    expect(order).toEqual(['r1', 'b1', 'r2']);
    now += 100;
    expect(line.hasRequests).toBe(false);
  });

  it('lets work whose patience has ended take turns with requests', async () => {
    const requests = Array.from({ length: 30 }, (_, index) => join(`r${index}`, 1));
    const work = [join('b1', 10, overdue(1_000)), join('b2', 10, overdue(1_000)), join('b3', 10, overdue(1_000))];
    await Promise.all([...requests, ...work]);
    expect(order.filter((name) => name.startsWith('b'))).toEqual(['b1', 'b2', 'b3']);
    expect(order.indexOf('b1')).toBe(1);
    // ten milliseconds for the requests after ten of work, a little less for it has waited on
    expect(order.indexOf('b2') - order.indexOf('b1')).toBe(11);
    expect(order.indexOf('b3') - order.indexOf('b2')).toBe(11);
  });

  it('gives more to work that has fallen far behind, and something to requests always', async () => {
    const requests = Array.from({ length: 20 }, (_, index) => join(`r${index}`, 1));
    await Promise.all([...requests, join('b1', 20, overdue(60_000)), join('b2', 20, overdue(60_000))]);
    expect(order.indexOf('b2') - order.indexOf('b1')).toBe(6);
  });

  it('prefers among work in the background what has waited longest beyond its patience', async () => {
    const first = join('r1', 1);
    const work = [join('later', 1, young), join('sooner', 1, { waitedMs: 0, patienceMs: 10 })];
    await Promise.all([first, ...work]);
    expect(order).toEqual(['r1', 'sooner', 'later']);
  });

  it('ends a wait that has lasted too long, and lets others go on', async () => {
    await line.enter();
    const late = expect(line.enter()).rejects.toMatchObject({ kind: 'unavailable' });
    now += 1_000;
    const other = join('r2', 1);
    jest.advanceTimersByTime(1_000);
    await late;
    line.leave();
    await other;
    expect(order).toEqual(['r2']);
  });

  it('says who would share a commit: requests do not wait for work in the background', async () => {
    await line.enter();
    const work = join('b1', 1, young);
    expect([line.wouldFollow(undefined), line.wouldFollow(IN_TURN), line.wouldFollow(young)]).toEqual([
      false,
      false,
      true,
    ]);
    const request = join('r1', 1);
    expect([line.wouldFollow(undefined), line.wouldFollow(young)]).toEqual([true, true]);
    line.leave();
    now += 10;
    jest.advanceTimersByTime(10);
    await Promise.all([work, request]);
  });
});
