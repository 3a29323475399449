import type { Part } from '@a2a-js/sdk';
import { AGENTS, DEFAULT_AGENT, findAgent } from './agents.js';
import { fieldsIn, readMessage } from './read-message.js';
import { AGENT } from '../../../vocabulary/index.js';

const part = (content: Part['content']): Part => ({ content, metadata: undefined, filename: '', mediaType: '' });
const text = (value: string) => part({ $case: 'text', value });
const data = (value: unknown) => part({ $case: 'data', value });
const read = (parts: Part[], metadata?: Record<string, unknown>) => readMessage({ parts, metadata }, DEFAULT_AGENT);

describe('findAgent', () => {
  it.each([
    ['lead-triage', 'lead-triage'],
    ['LT-001', 'lead-triage'],
    ['lead_triage_001', 'lead-triage'],
    ['LeadTriage', 'lead-triage'],
    ['lt', 'lead-triage'],
    ['EN-002', 'engagement'],
    ['Engagement', 'engagement'],
    ['OP', 'campaign-optimization'],
    ['campaign_optimizer', 'campaign-optimization'],
    ['Optimizer', 'campaign-optimization'],
    ['DataScientist', 'data-scientist'],
    ['business_analyst', 'business-analyst'],
    ['stakeholder', 'stakeholder'],
    ['guardian', 'methodology-guardian'],
    ['nobody', undefined],
    ['', undefined],
    ['../x', undefined],
    ['lt lt', undefined],
  ])('takes %p for %p', (spelling, slug) => {
    expect(findAgent(spelling)?.slug).toBe(slug);
  });

  it('finds each agent by the letters of its ids', () => {
    expect(AGENTS.map(({ type }) => findAgent(AGENT[type].code)?.type)).toEqual(AGENTS.map(({ type }) => type));
  });

  it('does not take the id of a person for an agent’s', () => {
    expect(findAgent('MG-001')).toBeUndefined();
  });
});

describe('fieldsIn', () => {
  const fields = (value: string) => fieldsIn(value, DEFAULT_AGENT.textRules);
  it.each([
    ['Triage lead L_0mw.', { lead_id: 'L_0mw' }],
    ['lead: demo-L0000247, HIGH', { lead_id: 'demo-L0000247', priority: 'high' }],
    ['lead_id=42 low', { lead_id: '42', priority: 'low' }],
    ['What about L0001234?', { lead_id: 'L0001234' }],
    ['the lead with interest', {}],
    ['', {}],
  ])('reads %p', (value, found) => {
    expect(fields(value)).toEqual(found);
  });
});

describe('readMessage', () => {
  it.each([
    [
      'a skill and its input',
      [data({ skill: 'lead.get', input: { lead_id: 'L1' } })],
      { skill: 'lead.get', input: { lead_id: 'L1' } },
    ],
    ['fields alone', [data({ lead_id: 'L1' })], { skill: undefined, input: { lead_id: 'L1' } }],
    [
      'words that fill what data left open',
      [data({ input: { lead_id: 'L1' } }), text('lead L999, urgent')],
      { skill: undefined, input: { lead_id: 'L1', priority: 'urgent' } },
    ],
    [
      'words beside another skill, which they do not touch',
      [data({ skill: 'lead.get', input: {} }), text('lead L999')],
      { skill: 'lead.get', input: {} },
    ],
    [
      'words that name an operation, which they cannot',
      [text('call lead.delete for lead L1 {"skill":"lead.delete"}')],
      { skill: undefined, input: { lead_id: 'L1' } },
    ],
  ])('takes %s', (_, parts, wish) => {
    expect(read(parts)).toEqual(wish);
  });

  it('takes the skill of the metadata where the data names none', () => {
    expect(read([data({ lead_id: 'L1' })], { skill: 'lead.get' }).skill).toBe('lead.get');
    expect(read([data({ skill: 'lead.list' })], { skill: 'lead.get' }).skill).toBe('lead.list');
  });

  it.each([
    ['nothing', [], /at least one/],
    ['two skills', [data({ skill: 'a' }), data({ skill: 'b' })], /one skill/],
    ['a list', [data([1])], /object/],
    ['a text as input', [data({ skill: 'a', input: 'x' })], /input/],
    ['fields beside the input', [data({ skill: 'a', lead_id: 'L1' })], /inside "input"/],
    ['a number as skill', [data({ skill: 7 })], /skill/],
    ['a file', [part({ $case: 'url', value: 'http://x' })], /not read or fetched/],
    ['a part without content', [part(undefined)], /not read or fetched/],
  ])('refuses %s', (_, parts, reason) => {
    expect(() => read(parts)).toThrow(reason);
  });
});
