import type * as Table from '../src/vocabulary/agent-table.js';

/** Adds the toy's row to the table of agents. Imported before anything that reads the table. */
jest.doMock('../src/vocabulary/agent-table.js', () => {
  const { AGENT_TABLE } = jest.requireActual<typeof Table>('../src/vocabulary/agent-table.js');
  const row: Table.AgentTraits = {
    code: 'TY',
    slug: 'toy-agent',
    spellings: ['plaything'],
    handoffs: 'works',
    decides: ['lead.gift'],
  };
  return { AGENT_TABLE: { ...AGENT_TABLE, Toy: row } };
});
