import { Database } from '../src/database/index.js';
import { Message } from '../src/outreach/message.entity.js';
import { type StartedApp, startApp } from './app.js';
import { storeCampaign, storeLead } from './factories.js';
import { MODERN, connectMcp } from './mcp-client.js';

let herald: StartedApp;
let keyOfModel: string;
let keyOfProgram: string;
beforeAll(async () => {
  herald = await startApp();
  await storeCampaign(herald, { campaign_id: 'CMP-1', daily_budget_usd: 100 });
  const key = async (body: object) => (await herald.call('POST', '/api/v1/api-keys', body)).body.key;
  keyOfModel = await key({ name: 'a model', role: 'agent' });
  keyOfProgram = await key({ name: 'our shop', scopes: ['campaigns:read', 'campaigns:write', 'messages:write'] });
});
afterAll(() => herald.stop());

const call = (method: string, path: string, body: unknown, token: string) =>
  herald.call(method, `/api/v1${path}`, body, { token });
const budgetOf = async () => (await herald.call('GET', '/api/v1/campaigns/CMP-1')).body.daily_budget_usd;
const approvals = async () => (await herald.call('GET', '/api/v1/approvals?status=pending')).body.items;

/** A call of a tool at the MCP door. */
async function tool(name: string, input: Record<string, unknown>, token: string): Promise<string> {
  const { client } = await connectMcp(herald, MODERN, { token });
  const answer = await client.callTool({ name, arguments: input });
  await client.close();
  return JSON.stringify(answer);
}

it('a budget that a model asks for over REST or JSON-RPC waits for a person, and is set by the yes', async () => {
  const asked = await call('PATCH', '/campaigns/CMP-1', { daily_budget_usd: 1_000_000 }, keyOfModel);
  expect(asked.body).toMatchObject({ status: 409, code: 'approval_required', detail: expect.stringContaining('apr_') });
  const rpc = await herald.call(
    'POST',
    '/rpc',
    { jsonrpc: '2.0', id: 1, method: 'campaign.update', params: { campaign_id: 'CMP-1', daily_budget_usd: 1_000_000 } },
    { token: keyOfModel },
  );
  expect(JSON.stringify(rpc.body)).toContain('approval_required');
  expect(await budgetOf()).toBe(100);
  const [approval, ...others] = await approvals();
  expect(others).toEqual([]);
  await herald.call('POST', `/api/v1/approvals/${approval.approval_id}/approve`, {});
  expect(await budgetOf()).toBe(1_000_000);
  expect((await call('PATCH', '/campaigns/CMP-1', { daily_budget_usd: 1_000_000 }, keyOfModel)).body).toMatchObject({
    daily_budget_usd: 1_000_000,
  });
});

it('what is neither money nor a message is done at once', async () => {
  const { status } = await call('PATCH', '/campaigns/CMP-1', { name: 'Autumn' }, keyOfModel);
  expect(status).toBe(200);
});

it('a company’s own program goes on as before', async () => {
  expect((await call('PATCH', '/campaigns/CMP-1', { daily_budget_usd: 120 }, keyOfProgram)).status).toBe(200);
  expect(await budgetOf()).toBe(120);
});

it('at the door for models, whosever key it is', async () => {
  const { lead_id } = await storeLead(herald, { campaign_id: 'CMP-1' });
  const words = { lead_id, channel: 'Email', subject: 'Your account', body: 'Sign in here' };
  for (const token of [keyOfProgram, keyOfModel]) {
    expect(await tool('campaign_update', { campaign_id: 'CMP-1', daily_budget_usd: 5_000 }, token)).toMatch(/apr_/);
    expect(await tool('message_plan', words, token)).toMatch(/apr_/);
  }
  expect(await budgetOf()).toBe(120);
  expect(await herald.app.get(Database).of(Message).find({ lead_id })).toEqual([]);
});
