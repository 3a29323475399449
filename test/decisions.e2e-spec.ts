import { type AgentDecision, Ledger, type LedgerEntry, PolicyRegistry } from '../src/decisions/index.js';
import { DecisionPart } from '../src/decisions/decision-part.entity.js';
import { Decision } from '../src/decisions/decision.entity.js';
import { DecisionPacking } from '../src/decisions/decision-packing.js';
import { DecisionsRows } from '../src/decisions/decisions.rows.js';
import { HeraldInbox, START, aDecision } from './inbox-fixture.js';

const INVERSE = {
  type: 'campaign.set_budget',
  campaign_id: 'CMP0001',
  daily_budget_usd: 100,
  expects: { daily_budget_usd: 120 },
};

/** The policy behind `aDecision`: raises the budget when ROAS reaches the bar. */
const spendRule = (version: string, bar: number) => ({
  name: 'spend-rule',
  version,
  decide(inputs: { roas: number; budget: number }) {
    const { outcome, choice, confidence, alternatives, reasons, expected_effect } = aDecision();
    if (inputs.roas >= bar) return { outcome, choice, confidence, alternatives, reasons, expected_effect };
    return {
      outcome: { daily_budget_usd: inputs.budget },
      choice: 'keep the budget',
      confidence,
      alternatives,
      reasons: [`ROAS is below ${bar}`],
      expected_effect: null,
    };
  },
});

let herald: HeraldInbox;
let ledger: Ledger;
beforeEach(async () => {
  herald = await HeraldInbox.start();
  ledger = herald.app.get(Ledger);
  herald.app.get(PolicyRegistry).register(spendRule('1', 2));
  herald.app.get(PolicyRegistry).register(spendRule('2', 4));
});
afterEach(() => herald.end());

const record = (...entries: LedgerEntry[]) => herald.write((unit) => ledger.record(unit, entries));
const recordOne = async (changes: Partial<LedgerEntry> = {}, decision: Partial<AgentDecision> = {}) =>
  (await record({ decision: aDecision(decision), inverse: INVERSE, ...changes }))[0]!;

describe('the decision ledger', () => {
  it('explains a decision with everything that it was made on', async () => {
    await herald.setBudget(120);
    const id = await recordOne({ correlationId: 'hnd_1' });
    await herald.write((unit) => ledger.measure(unit, id, { roas: 2.9 }));
    const { status, body } = await herald.get(`/decisions/${id}`);
    expect(status).toBe(200);
    expect(herald.offSchema('decision.get', body)).toBeNull();
    const { subject: _subject, policy: _policy, ...made } = aDecision();
    expect(body).toMatchObject({
      ...made,
      subject_type: 'campaign',
      subject_id: 'CMP0001',
      policy_name: 'spend-rule',
      policy_version: '1',
      status: 'applied',
      mode: 'automatic',
      is_reversible: true,
      inverse: INVERSE,
      correlation_id: 'hnd_1',
      created_at: START,
      measured_outcome: { roas: 2.9 },
      measured_at: START,
    });
    expect(body.explanation[0]).toBe(
      `On ${START} the Optimizer agent OP-001 decided "raise the budget" (campaign.optimize) for campaign CMP0001.`,
    );
    expect((await herald.get('/decisions/dec_nope')).status).toBe(404);
  });

  it('lists the newest first, filtered, a page at a time', async () => {
    const [first] = await record({ decision: aDecision(), inverse: null });
    herald.clock.advance(1);
    await record(
      {
        decision: aDecision({ agent_type: 'LeadTriage', kind: 'lead.triage', subject: { type: 'lead', id: 'L1' } }),
        inverse: null,
      },
      { decision: aDecision({ policy: { name: 'other-rule', version: '1' } }), inverse: null, status: 'proposed' },
    );
    const page = (await herald.get('/decisions', { limit: 2 })).body;
    expect(herald.offSchema('decision.list', page)).toBeNull();
    const rest = (await herald.get('/decisions', { limit: 2, cursor: page.next_cursor })).body;
    expect(rest.items.map(({ decision_id }: { decision_id: string }) => decision_id)).toEqual([first]);
    const count = async (query: object) => (await herald.get('/decisions', query)).body.items.length;
    expect(await count({ agent_type: 'LeadTriage' })).toBe(1);
    expect(await count({ subject_type: 'campaign', subject_id: 'CMP0001' })).toBe(2);
    expect(await count({ status: 'proposed', policy: 'other-rule' })).toBe(1);
    expect((await herald.get('/decisions', { status: 'maybe' })).status).toBe(400);
  });
});

describe('what decisions have in common', () => {
  const PLAYBOOK = Array.from({ length: 6 }, (_, index) => ({ episode_id: `ep_${index}`, action_sequence: ['call'] }));
  const RATES = {
    Email: { trials: 120, successes: 30 },
    SMS: { trials: 50, successes: 5 },
    Call: { trials: 9, successes: 1 },
  };
  const inputsFor = (said: unknown) => ({ facts: { roas: 3, episodes: PLAYBOOK, said, rates: RATES }, budget: 100 });
  const shared = (said: unknown) =>
    aDecision({
      inputs: inputsFor(said),
      policy: { name: 'in-order', version: '1' },
      outcome: { order: Object.keys(inputsFor(said).facts).join(), reasons: REASONS },
      reasons: REASONS,
      fact_lists: [{ field: 'episodes', id: 'episode_id', valid_at: 'since', source: 'cache://memory' }],
      shared: ['episodes', 'rates', 'none'],
    });
  const REASONS = ['because'];
  beforeEach(() =>
    herald.app.get(PolicyRegistry).register({
      name: 'in-order',
      version: '1',
      decide(inputs: { facts: object }) {
        const { choice, confidence, alternatives, expected_effect } = aDecision();
        const outcome = { order: Object.keys(inputs.facts).join(), reasons: REASONS };
        return { outcome, choice, confidence, alternatives, reasons: REASONS, expected_effect };
      },
    }),
  );
  const parts = () => herald.database.of(DecisionPart).find({});

  it('is kept once, and put back in its place where a decision is explained or replayed', async () => {
    const ids = await record(
      ...['a', 'b'].map((said) => ({ decision: structuredClone(shared(said)), inverse: null })),
      { decision: shared('c'), inverse: null },
    );
    expect(await parts()).toHaveLength(3);
    const row = (await herald.database.of(Decision).get(ids[0]!))!;
    expect(JSON.stringify(row)).not.toContain('ep_0');
    const { body } = await herald.get(`/decisions/${ids[0]}`);
    expect(herald.offSchema('decision.get', body)).toBeNull();
    expect(JSON.stringify(body.inputs)).toBe(JSON.stringify(inputsFor('a')));
    expect(body.facts).toEqual([
      ...aDecision().facts,
      ...PLAYBOOK.map(({ episode_id: id }) => ({ id, valid_at: START, source: 'cache://memory' })),
    ]);
    for (const id of ids)
      expect((await herald.post(`/decisions/${id}/replay`)).body).toMatchObject({ identical: true, differences: [] });
  });

  it('cannot be named by what a lead said', async () => {
    await record({ decision: shared('a'), inverse: null });
    const [{ part_hash }] = (await parts()) as [DecisionPart, ...DecisionPart[]];
    const said = { $ref: part_hash, episodes: part_hash, $lists: part_hash };
    const id = (await record({ decision: shared(said), inverse: null }))[0]!;
    expect((await herald.get(`/decisions/${id}`)).body.inputs.facts.said).toEqual(said);
  });

  it('and the rest of it reads the same once its row is packed', async () => {
    const decision = { ...shared('a'), subject: { type: 'lead', id: 'L-packed' } };
    const ids = await record({ decision: structuredClone(decision), inverse: null }, { decision, inverse: null });
    const before = await Promise.all(ids.map(async (id) => (await herald.get(`/decisions/${id}`)).body));
    const packing = herald.app.get(DecisionPacking);
    expect(await packing.pack()).toBe(0);
    herald.clock.advance(60_000);
    expect(await packing.pack()).toBeGreaterThanOrEqual(2);
    expect(await packing.pack()).toBe(0);
    const row = (await herald.database.of(Decision).get(ids[0]!))!;
    expect([row.inputs, row.reasons, typeof row.packed]).toEqual([null, [], 'string']);
    for (const [index, id] of ids.entries()) {
      expect((await herald.get(`/decisions/${id}`)).body).toEqual(before[index]);
      expect((await herald.post(`/decisions/${id}/replay`)).body).toMatchObject({ identical: true, differences: [] });
    }
    const { body } = await herald.post('/decisions/replay');
    expect(body.replayed).toBe(body.identical);
  });

  it('goes when no decision names it any more, and comes back when one does', async () => {
    await record({ decision: shared('a'), inverse: null });
    const day = 86_400_000;
    const prune = () => herald.app.get(DecisionsRows).sweep();
    herald.clock.advance(3 * day);
    await prune();
    expect(await parts()).toHaveLength(3);
    await herald.write((unit) => unit.of(Decision).delete({}));
    await prune();
    expect(await parts()).toEqual([]);
    const [id] = await record({ decision: shared('b'), inverse: null });
    expect((await herald.post(`/decisions/${id}/replay`)).body).toMatchObject({ identical: true });
  });

  it('is written again after a unit that was the first to name it failed', async () => {
    await expect(
      herald.write(async (unit) => {
        await ledger.record(unit, [{ decision: shared('a'), inverse: null }]);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    const [id] = await record({ decision: shared('a'), inverse: null });
    expect((await herald.post(`/decisions/${id}/replay`)).body).toMatchObject({ identical: true });
  });

  it('may stand whole in the row, as in rows from before', async () => {
    const [id] = await record({ decision: shared('a'), inverse: null });
    await herald.write((unit) =>
      unit
        .of(Decision)
        .update({ decision_id: id! }, { parts: null, inputs: inputsFor('z'), outcome: shared('z').outcome }),
    );
    expect((await herald.get(`/decisions/${id}`)).body.inputs).toEqual(inputsFor('z'));
    expect((await herald.post(`/decisions/${id}/replay`)).body).toMatchObject({ identical: true });
  });
});

describe('undo', () => {
  it('takes a decision back once', async () => {
    await herald.setBudget(120);
    const id = await recordOne();
    const { status, body } = await herald.post(`/decisions/${id}/undo`, { reason: 'not agreed' });
    expect(status).toBe(200);
    expect(herald.offSchema('decision.undo', body)).toBeNull();
    expect(body).toMatchObject({ status: 'undone', undone_at: START, undone_by: 'usr_ada', undo_reason: 'not agreed' });
    expect(await herald.budget()).toBe(100);
    await herald.setBudget(120);
    expect((await herald.post(`/decisions/${id}/undo`, { reason: 'again' })).body).toMatchObject({
      status: 409,
      code: 'already_undone',
    });
    expect(await herald.budget()).toBe(120);
  });

  it('happens once when many ask at the same moment', async () => {
    await herald.setBudget(120);
    const id = await recordOne();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => herald.post(`/decisions/${id}/undo`, { reason: 'race' })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await herald.budget()).toBe(100);
  });

  it('refuses when the state has moved since, and names what moved', async () => {
    await herald.setBudget(150);
    const { body } = await herald.post(`/decisions/${await recordOne()}/undo`, { reason: 'late' });
    expect(body).toMatchObject({ status: 409, code: 'state_moved' });
    expect(body.detail).toContain('daily_budget_usd was 120, is 150');
    expect(await herald.budget()).toBe(150);
  });

  it.each<[string, Partial<LedgerEntry>]>([
    ['irreversible', { inverse: null }],
    ['not_applied', { status: 'proposed' }],
    ['inverse_unknown', { inverse: { type: 'moon.launch', expects: {} } }],
    ['state_moved', { inverse: { ...INVERSE, campaign_id: 'CMP0404' } }],
  ])('refuses what is %s', async (code, entry) => {
    expect((await herald.post(`/decisions/${await recordOne(entry)}/undo`, { reason: 'try' })).body).toMatchObject({
      status: 409,
      code,
    });
  });

  it('needs the scope and a reason', async () => {
    const id = await recordOne();
    expect(
      (await herald.post(`/decisions/${id}/undo`, { reason: 'no' }, { 'x-test-scopes': 'decisions:read' })).status,
    ).toBe(403);
    expect((await herald.post(`/decisions/${id}/undo`, {})).body.errors).toEqual([
      expect.objectContaining({ path: 'reason' }),
    ]);
  });
});

describe('replay', () => {
  it('is identical under the recorded version and shows the flip under another', async () => {
    const id = await recordOne();
    const same = (await herald.post(`/decisions/${id}/replay`)).body;
    expect(same).toMatchObject({ identical: true, flips: false, differences: [], replayed_version: '1' });
    expect(herald.offSchema('decision.replay', same)).toBeNull();
    const other = (await herald.post(`/decisions/${id}/replay`, { policy_version: '2' })).body;
    expect(other).toMatchObject({
      identical: false,
      flips: true,
      recorded_choice: 'raise the budget',
      replayed_choice: 'keep the budget',
    });
    expect(other.differences).toContainEqual({ path: 'outcome.daily_budget_usd', recorded: 120, replayed: 100 });
    expect(herald.offSchema('decision.replay', other)).toBeNull();
    expect((await herald.post(`/decisions/${id}/replay`, { policy_version: '9' })).body).toMatchObject({
      code: 'policy_unknown',
      detail: expect.stringContaining('it has 1, 2'),
    });
  });

  it('goes through many, lists the flips, and counts what it cannot replay', async () => {
    await record({ decision: aDecision({ policy: { name: 'gone', version: '7' } }), inverse: null });
    herald.clock.advance(1_000);
    const since = herald.clock.iso();
    const [, flipped] = await record(
      { decision: aDecision(), inverse: null },
      { decision: aDecision({ inputs: { roas: 1, budget: 100 } }), inverse: null },
      { decision: aDecision({ confidence: 0.5 }), inverse: null },
    );
    const recent = (await herald.post('/decisions/replay', { kind: 'campaign.optimize', since, limit: 1_000 })).body;
    expect(recent).toMatchObject({ replayed: 3, identical: 1, changed: 1, failed: 0, unknown_policies: [] });
    expect(recent.flips).toEqual([
      expect.objectContaining({ decision_id: flipped, replayed_choice: 'keep the budget' }),
    ]);
    expect(herald.offSchema('decision.replayMany', recent)).toBeNull();
    const all = (await herald.post('/decisions/replay', { policy_version: '2' })).body;
    expect(all).toMatchObject({
      replayed: 3,
      identical: 0,
      unknown_policies: [{ policy_name: 'gone', policy_version: '2', decisions: 1 }],
    });
    expect(all.flips).toHaveLength(3);
    expect((await herald.post('/decisions/replay', { limit: 0 })).status).toBe(400);
  });
});
