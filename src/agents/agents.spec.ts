import type { AgentDecision, Policy } from '../decisions/index.js';
import { CampaignOptimizationAgent, optimizationPolicy } from './campaign-optimization/index.js';
import { someEngagementFacts, someOptimizationFacts, someTriageFacts } from './core/facts.fixture.js';
import { EngagementAgent, engagementPolicy, type DraftedWords, type WordsBrief } from './engagement/index.js';
import { NoWordsModel, WordsModel } from './engagement/write-words.js';
import { BaseRateModel, LeadTriageAgent, triagePolicy } from './lead-triage/index.js';

function expectReplayable<I, O>(decision: AgentDecision<I, O>, policy: Policy<I, O>): void {
  const stored = JSON.parse(JSON.stringify(decision)) as AgentDecision<I, O>;
  expect(stored).toEqual(decision);
  const replayed = policy.decide(stored.inputs, stored.seed);
  expect(JSON.stringify({ ...stored, ...replayed })).toBe(JSON.stringify(decision));
}

describe('Lead Triage', () => {
  const agent = new LeadTriageAgent(new BaseRateModel());

  it('decides on the facts that it is given, with everything that a replay needs', () => {
    const decisions = ['L1', 'L2'].map((lead_id) =>
      agent.decide(someTriageFacts({ lead: { lead_id } }), { priority: 'high' }),
    );
    expect(decisions.map(({ subject }) => subject.id)).toEqual(['L1', 'L2']);
    expect(decisions[0]).toMatchObject({
      agent_id: 'LT-001',
      agent_type: 'LeadTriage',
      kind: 'lead.triage',
      policy: { name: triagePolicy.name },
    });
    for (const decision of decisions) expectReplayable(decision, triagePolicy);
  });
});

describe('Engagement', () => {
  class DraftingModel extends WordsModel {
    readonly isConfigured = true;
    readonly briefs: WordsBrief[] = [];
    constructor(private readonly answer: (brief: WordsBrief) => Promise<DraftedWords | null>) {
      super();
    }
    write(brief: WordsBrief): Promise<DraftedWords | null> {
      this.briefs.push(brief);
      return this.answer(brief);
    }
  }
  const decideWith = async (model: WordsModel) => {
    const agent = new EngagementAgent(model);
    const options = { landing_base_url: 'https://go.example.com/', agent_id: 'EN-015' };
    const decision = await agent.decide(someEngagementFacts(), options);
    if (decision.outcome.kind !== 'message') throw new Error('expected a message');
    expectReplayable(decision, engagementPolicy);
    return { decision, message: decision.outcome.message };
  };

  it('plans a message from templates where no language model is configured', async () => {
    const { decision, message } = await decideWith(new NoWordsModel());
    expect(decision).toMatchObject({ agent_id: 'EN-015', agent_type: 'Engagement', inputs: { drafted_words: null } });
    expect(message.words_source).toBe('template');
    expect(message.link).toMatch(/^https:\/\/go\.example\.com\/CMP0001\//);
  });

  it('asks a language model for the option that it then chooses, and replays without asking again', async () => {
    const model = new DraftingModel(({ variant_id, channel, subject_line }) =>
      Promise.resolve({
        variant_id,
        channel,
        model: 'test',
        subject: channel === 'Email' ? subject_line : null,
        body: 'A short hello.',
      }),
    );
    const { message } = await decideWith(model);
    expect(message).toMatchObject({
      words_source: 'model',
      body: 'A short hello.',
      variant_id: model.briefs[0]!.variant_id,
    });
    expect(model.briefs).toHaveLength(1);
  });

  it('falls back on the template when the language model fails', async () => {
    const { message } = await decideWith(new DraftingModel(() => Promise.reject(new Error('overloaded'))));
    expect(message.words_source).toBe('template');
  });
});

describe('Campaign Optimization', () => {
  it('looks at what the request says', () => {
    const options = {
      optimization_triggers: ['low_ctr', 'high_cpl', 'poor_conversion_rate'],
      current_metrics: { ctr: 0.012, cpl_usd: 45.67, conversion_rate: 0.023 },
      constraints: { max_budget_increase: 0.1, preserve_audience: true },
    } as const;
    const decision = new CampaignOptimizationAgent().decide(someOptimizationFacts(), options);
    expect(decision.outcome.triggers.map(({ trigger }) => trigger)).toEqual(options.optimization_triggers);
    expect(decision.outcome.performance_metrics).toMatchObject(options.current_metrics);
    expectReplayable(decision, optimizationPolicy);
  });
});
