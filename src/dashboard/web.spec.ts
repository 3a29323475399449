// The page's own modules that need no browser.
type Format = Record<string, (...values: unknown[]) => string>;
const { ticksFor } = jest.requireActual<{ ticksFor(top: number, count: number): number[] }>('./web/parts/scale.js');
const format = jest.requireActual<Format>('./web/lib/format.js');
const { matchRoute } = jest.requireActual<{ matchRoute(routes: [string, string][], path: string): unknown }>(
  './web/lib/router.js',
);

describe('ticksFor', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 0.5, 1]],
    [0.07, [0, 0.02, 0.04, 0.06, 0.08]],
    [3480, [0, 1000, 2000, 3000, 4000]],
    [100, [0, 50, 100]],
    [0.3, [0, 0.1, 0.2, 0.3]],
  ])('marks an axis up to %d with round values', (top, ticks) => {
    expect(ticksFor(top, 4)).toEqual(ticks);
  });
});

describe('format', () => {
  it.each([
    ['lead.triage', 'Lead triage'],
    ['low_ctr', 'Low CTR'],
    ['cost_usd', 'Cost USD'],
    ['LeadTriage', 'Lead Triage'],
    ['no_outreach:no_consent', 'No outreach: no consent'],
  ])('writes %s as people do', (name, text) => {
    expect(format.humanise!(name)).toBe(text);
  });

  it('offers the words of the server as people write them', () => {
    expect(format.choicesOf!(['active', 'lead.triage'])).toEqual([
      ['active', 'Active'],
      ['lead.triage', 'Lead triage'],
    ]);
  });

  it.each([
    [['Email', 'Call'], 'Email, Call'],
    [['for Cold Lead: silent for 25 days (+1.2)', 'against Cold Lead: 3 site visits without an answer'], undefined],
    [Array.from({ length: 13 }, String), undefined],
  ])('writes %j in a line where they are words: %s', (texts, line) => {
    expect(format.inLine!(texts)).toBe(line);
  });

  it.each([
    ['usr_1', { id: 'usr_1' }, 'you'],
    ['usr_2', { id: 'usr_1' }, 'usr_2'],
    [null, undefined, null],
  ])('calls %s, read by %j, %s', (id, me, text) => {
    expect(format.personOf!(id, me)).toBe(text);
  });

  it.each([
    ['2026-03-01T08:00:00.000Z', 'now'],
    ['2026-03-01T07:58:00.000Z', '2 minutes ago'],
    ['2026-03-01T12:00:00.000Z', 'in 4 hours'],
    ['2026-02-28T08:00:00.000Z', 'yesterday'],
    [null, '–'],
  ])('says of %s how far it is', (instant, text) => {
    expect(format.formatWhen!(instant, Date.parse('2026-03-01T08:00:00.000Z'))).toBe(text);
  });

  it.each([
    ['daily_budget_usd', 12.5, '$12.50'],
    ['cost_usd', 12_345.6, '$12,346'],
    ['conversion_rate', 0.0234, '2.3%'],
    ['score', 85, '85'],
    ['is_open', true, 'Yes'],
    ['roas', null, '–'],
  ])('shows the field %s by its name: %s', (name, value, text) => {
    expect(format.formatField!(name, value)).toBe(text);
  });
});

describe('matchRoute', () => {
  const routes: [string, string][] = [
    ['/leads', 'list'],
    ['/leads/:leadId', 'one'],
    ['/inbox/:type/:itemId', 'case'],
  ];

  it.each([
    ['/leads', { view: 'list', params: {} }],
    ['/leads/L%2F1', { view: 'one', params: { leadId: 'L/1' } }],
    ['/inbox/approval/a1', { view: 'case', params: { type: 'approval', itemId: 'a1' } }],
    ['/leads/1/2', undefined],
  ])('finds the view of %s', (path, expected) => {
    expect(matchRoute(routes, path)).toEqual(expected);
  });
});

describe('vocabulary', () => {
  const { vocabulary } = jest.requireActual<{ vocabulary(): Promise<object> }>('./web/lib/vocabulary.js');

  it('is asked for once, and again where that failed', async () => {
    const answer = (status: number, body: object): Response =>
      new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
    const asked = jest
      .spyOn(globalThis, 'fetch')
      .mockResolvedValueOnce(answer(503, { detail: 'busy' }))
      .mockResolvedValueOnce(answer(200, { channels: ['Email'] }));
    await expect(vocabulary()).rejects.toThrow('busy');
    expect(await vocabulary()).toEqual({ channels: ['Email'] });
    expect(await vocabulary()).toEqual({ channels: ['Email'] });
    expect(asked.mock.calls.map(([path]) => path)).toEqual(['/api/v1/vocabulary', '/api/v1/vocabulary']);
    asked.mockRestore();
  });
});
