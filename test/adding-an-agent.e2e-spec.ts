import './toy-agent-row.js';
import { Injectable, Module } from '@nestjs/common';
import {
  type AgentDecision,
  DecisionsModule,
  Ledger,
  type Policy,
  PolicyRegistry,
  makeDecision,
} from '../src/decisions/index.js';
import { ResourcePort } from '../src/operations/index.js';
import {
  AgentFacts,
  type Arrival,
  type FactsView,
  HandoffReceivers,
  OrchestratorModule,
  agentPrincipal,
  completed,
} from '../src/orchestrator/index.js';
import type { AgentType } from '../src/vocabulary/index.js';
import { type StartedApp, startApp } from './app.js';
import { storeLead } from './factories.js';

// what docs/architecture.md says of "An agent", step by step; its row in the table of agents is in toy-agent-row.ts
const TOY = 'Toy' as AgentType;

interface ToyFacts {
  readonly as_of: string;
  readonly lead_id: string;
  readonly company_size: string | null;
}

/** What it decides by: pure. */
const toyPolicy: Policy<{ facts: ToyFacts }, { gift: string }> = {
  name: 'toy-gifts',
  version: '1.0.0',
  decide({ facts }) {
    const gift = facts.company_size === '1-10' ? 'balloon' : 'kite';
    return {
      outcome: { gift },
      choice: gift,
      confidence: 1,
      alternatives: [{ choice: gift, score: 1 }],
      reasons: [`the company has ${facts.company_size} people`],
      expected_effect: null,
    };
  },
};

/** Its face: facts in, decision out. */
@Injectable()
class ToyAgent {
  decide(facts: ToyFacts, agent_id: string): AgentDecision<{ facts: ToyFacts }, { gift: string }> {
    return makeDecision(toyPolicy, {
      agent_id,
      agent_type: TOY,
      kind: 'lead.gift',
      subject: { type: 'lead', id: facts.lead_id },
      seed: facts.lead_id,
      inputs: { facts },
      facts: [{ id: facts.lead_id, valid_at: facts.as_of, source: 'db://leads' }],
    });
  }
}

@Module({ imports: [DecisionsModule], providers: [ToyAgent], exports: [ToyAgent] })
class ToyAgentModule {
  constructor(policies: PolicyRegistry) {
    policies.register(toyPolicy);
  }
}

/** What it is told, by which scopes. */
const TOY_FACTS: FactsView<ToyFacts> = {
  resource: 'db://leads',
  view: 'toy_facts',
  scopes: ['leads:read', 'memory:rw'],
  async read({ reader, now }, ids) {
    const rows = await reader.query(
      `SELECT lead_id, company_size FROM leads WHERE lead_id IN (${ids.map(() => '?').join(',')})`,
      ids,
    );
    return rows.map((row) => ({ as_of: now, ...(row as unknown as Omit<ToyFacts, 'as_of'>) }));
  },
  idOf: ({ lead_id }) => lead_id,
};

/** Who gathers its facts, records what it decides, and acts on it. */
@Injectable()
class ToyService {
  constructor(agent: ToyAgent, facts: AgentFacts, receivers: HandoffReceivers, ledger: Ledger) {
    facts.offer(TOY_FACTS);
    receivers.register(TOY, async (unit, arrivals: readonly Arrival[]) => {
      const ids = arrivals.map(({ lead }) => lead.lead_id);
      const agentIds = arrivals.map(({ handoff }) => handoff.to_agent);
      const told = await facts.gather(TOY_FACTS, agentPrincipal(TOY, ...agentIds), ids, { unit });
      const decisions = told.map((each, index) => agent.decide(each, agentIds[index]!));
      const recorded = await ledger.record(
        unit,
        decisions.map((decision) => ({ decision, inverse: null })),
      );
      return decisions.map(({ choice }, index) => completed({ decision_id: recorded[index], outcome: choice }));
    });
  }
}

@Module({ imports: [ToyAgentModule, OrchestratorModule, DecisionsModule], providers: [ToyService] })
class ToyModule {}

let herald: StartedApp;
beforeAll(async () => {
  herald = await startApp({ beside: [ToyModule] });
});
afterAll(() => herald.stop());

const call: StartedApp['call'] = (method, path, body, options) => herald.call(method, `/api/v1${path}`, body, options);

describe('an agent that is added', () => {
  it('is handed work by any of its names, decides on its facts, and stands in the ledger', async () => {
    const { lead_id } = await storeLead(herald, { company_size: '1-10' });
    const asked = await call('POST', '/agents/handoff', {
      from_agent: 'LeadTriage',
      to_agent: 'plaything_003',
      lead_id,
    });
    expect(asked).toMatchObject({ status: 202, body: { to_agent: 'TY-003', to_agent_type: 'Toy' } });
    const handoff = await until(async () => {
      const { body } = await call('GET', `/handoffs/${asked.body.handoff_id}`);
      return body.status === 'requested' ? undefined : body;
    });
    expect(handoff).toMatchObject({ status: 'completed', result: { outcome: 'balloon' } });
    const decision = (await call('GET', `/decisions/${handoff.result.decision_id}`)).body;
    expect(decision).toMatchObject({
      agent_id: 'TY-003',
      agent_type: 'Toy',
      kind: 'lead.gift',
      subject_id: lead_id,
      choice: 'balloon',
      reasons: ['the company has 1-10 people'],
    });
    const replayed = await call('POST', `/decisions/${decision.decision_id}/replay`, {});
    expect(replayed.body).toMatchObject({ identical: true, replayed_version: '1.0.0' });
    expect((await call('GET', '/handoffs?to_agent_type=Toy')).body.items).toHaveLength(1);
  });

  it('is offered to people by its name, with what it decides', async () => {
    const { agents, decision_kinds } = (await call('GET', '/vocabulary')).body;
    expect(agents).toEqual(['LeadTriage', 'Engagement', 'Optimizer', 'Toy']);
    expect(decision_kinds).toEqual(['lead.triage', 'lead.engage', 'campaign.optimize', 'lead.gift']);
  });

  it('is told its facts only under every scope that they are made of', async () => {
    const search = (...scopes: string[]) =>
      herald.app
        .get(ResourcePort)
        .search(
          'db://leads',
          { view: 'toy_facts', ids: [] },
          { principal: { ...agentPrincipal(TOY), scopes: new Set(scopes) } },
        );
    await expect(search('leads:read')).rejects.toThrow('needs the scope memory:rw');
    expect(await search('leads:read', 'memory:rw')).toEqual([]);
  });
});

it('has a server refuse to start when nobody receives its handoffs', () => {
  expect(() => new HandoffReceivers().onApplicationBootstrap()).toThrow(/nobody receives the handoffs to .*Toy/);
});

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
