import { AGENT, AGENT_TYPES, agentId, parseAgentName } from './agents.js';

it.each([
  ['LT-001', 'LeadTriage', 'LT-001'],
  ['lead_triage_001', 'LeadTriage', 'LT-001'],
  ['lead_triage', 'LeadTriage', 'LT-001'],
  ['LeadTriage', 'LeadTriage', 'LT-001'],
  ['EN-015', 'Engagement', 'EN-015'],
  ['engagement_002', 'Engagement', 'EN-002'],
  ['engagement', 'Engagement', 'EN-001'],
  ['Engagement', 'Engagement', 'EN-001'],
  ['OP-004', 'Optimizer', 'OP-004'],
  ['campaign_optimizer', 'Optimizer', 'OP-001'],
  ['campaign_optimization_7', 'Optimizer', 'OP-007'],
  ['Optimizer', 'Optimizer', 'OP-001'],
  [' Manager ', 'Manager', 'MG-001'],
])('reads %s as %s %s', (text, type, id) => {
  expect(parseAgentName(text)).toEqual({ type, id });
});

it.each(['', '001', 'LT-0000001', 'root', 'constructor', 'LT-001; drop table', '__proto__'])(
  'does not take "%s" for an agent',
  (text) => {
    expect(parseAgentName(text)).toBeUndefined();
  },
);

it('writes ids with three digits', () => {
  expect(agentId('Engagement', 2)).toBe('EN-002');
});

it('has one meaning for every code and spelling', () => {
  const spellings = AGENT_TYPES.flatMap((type) => {
    const { code, slug, spellings: own } = AGENT[type];
    return [...new Set([type, code, slug, ...own].map((each) => each.replace(/[-_ ]/g, '').toLowerCase()))];
  });
  expect(new Set(spellings).size).toBe(spellings.length);
});

it('tells people from the methodology guardian', () => {
  expect(parseAgentName('MG-001')?.type).toBe('Manager');
  expect(parseAgentName(agentId('MethodologyGuardian'))?.type).toBe('MethodologyGuardian');
});
