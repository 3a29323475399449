import type { Client } from '@modelcontextprotocol/client';
import { Changes } from '../src/doors/mcp/index.js';
import { OpenStreams } from '../src/doors/wire/index.js';
import { type StartedApp, startApp } from './app.js';
import { aCampaign, storeLead } from './factories.js';
import { MODERN, type Revision, SESSIONS, connectMcp, makeKey, until } from './mcp-client.js';

interface Told {
  readonly updated: string[];
  /** Which lists changed, in the order in which it was said. */
  readonly lists: string[];
}

/** What connections are told of by themselves, in both revisions: on the stream of a session, and on a subscription. */
describe.each<Revision>([SESSIONS, MODERN])('changes, told in revision %s', (revision) => {
  let herald: StartedApp;
  let lead_id: string;
  const clients: Client[] = [];

  /** A client that wants to hear of everything about these addresses, and of every list. */
  const listen = async (uris: string[], token?: string): Promise<Told & { client: Client }> => {
    const { client } = await connectMcp(herald, revision, token === undefined ? {} : { token });
    clients.push(client);
    const told: Told = { updated: [], lists: [] };
    client.setNotificationHandler(
      'notifications/resources/updated',
      ({ params }) => void told.updated.push(params.uri),
    );
    for (const list of ['tools', 'prompts', 'resources'] as const)
      client.setNotificationHandler(`notifications/${list}/list_changed`, () => void told.lists.push(list));
    if (revision === SESSIONS) for (const uri of uris) await client.subscribeResource({ uri });
    else
      await client.listen({
        resourceSubscriptions: uris,
        toolsListChanged: true,
        promptsListChanged: true,
        resourcesListChanged: true,
      });
    return { ...told, client };
  };
  const look = () => herald.app.get(Changes).lookAgain();
  const listed = async (client: Client) => (await client.listResources()).resources.map(({ uri }) => uri);

  beforeAll(async () => {
    herald = await startApp();
    lead_id = (await storeLead(herald)).lead_id as string;
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(() => herald.stop());

  it('says that the list of resources is another when a lead or a campaign comes or goes, and not when one changes', async () => {
    const { client, lists } = await listen([]);
    const made = (await storeLead(herald)).lead_id as string;
    await until(() => lists.length === 1, 'the new lead');
    expect(await listed(client)).toContain(`db://leads/${made}`);
    await herald.call('PATCH', `/api/v1/leads/${made}`, { industry: 'Energy' });
    await look();
    await herald.call('DELETE', `/api/v1/leads/${made}`);
    await until(() => lists.length === 2, 'the lead that went');
    expect(await listed(client)).not.toContain(`db://leads/${made}`);
    const { body } = await herald.call('POST', '/api/v1/campaigns', aCampaign());
    await until(() => lists.length === 3, 'the new campaign');
    expect(await listed(client)).toContain(`db://campaigns/${body.campaign_id}`);
    expect(new Set(lists)).toEqual(new Set(['resources']));
  });

  it('says nothing of a list that the caller cannot see', async () => {
    const { secret } = await makeKey(herald, `blind ${revision}`, ['campaigns:read']);
    const [blind, seeing] = [await listen([], secret), await listen([])];
    await storeLead(herald);
    await until(() => seeing.lists.length === 1, 'the new lead');
    expect(blind.lists).toEqual([]);
  });

  it('tells of memory too, which is looked at only while somebody watches it', async () => {
    const [memory, graph] = [`cache://memory/${lead_id}`, 'kg://graph/solar panels'];
    const { updated } = await listen([memory, encodeURI(graph)]);
    await look();
    await look();
    expect(updated).toEqual([]);
    await herald.call('POST', '/api/v1/memory', {
      tier: 'long_term',
      lead_id,
      preferences_json: { greeting: 'first name' },
    });
    await until(() => updated.includes(memory), 'what is known of the lead');
    await herald.call('POST', '/api/v1/memory', {
      tier: 'semantic',
      subject: 'solar panels',
      predicate: 'interests',
      object: 'Energy',
      weight: 0.7,
    });
    await until(() => updated.includes(encodeURI(graph)), 'the new triple');
    expect(updated).toEqual([memory, encodeURI(graph)]);
  });

  it('tells once of what changes many times at once', async () => {
    const { updated } = await listen(['db://leads']);
    await Promise.all(Array.from({ length: 30 }, () => storeLead(herald)));
    await until(() => updated.length > 0, 'the leads');
    await look();
    expect(updated.length).toBeLessThan(15);
  });

  it('says that all lists are others when the owner of a key gets another role, and tells only what the key may see by then', async () => {
    const email = `owner-${revision}@herald.example`;
    const password = 'a long enough password';
    const { body: owner } = await herald.call('POST', '/api/v1/users', { email, password, role: 'admin' });
    const login = async () =>
      (await herald.call('POST', '/api/v1/auth/login', { email, password }, { token: null })).body
        .access_token as string;
    const { secret } = await makeKey(
      { ...herald, call: async (method, path, body) => herald.call(method, path, body, { token: await login() }) },
      'desk',
      ['leads:read', 'leads:write'],
    );
    const { client, lists, updated } = await listen([`db://leads/${lead_id}`], secret);
    const tools = async () => (await client.listTools()).tools.map(({ name }) => name);
    expect(await tools()).toContain('lead_update');

    await herald.call('PATCH', `/api/v1/users/${owner.user_id}`, { role: 'viewer' });
    await herald.app.get(OpenStreams).check();
    await until(() => lists.length >= 3, 'the three lists');
    expect(new Set(lists)).toEqual(new Set(['tools', 'prompts', 'resources']));
    expect(await tools()).not.toContain('lead_update');
    await herald.call('PATCH', `/api/v1/leads/${lead_id}`, { industry: 'Retail' });
    await until(() => updated.length > 0, 'the update, which a viewer may still see');
  });
});
