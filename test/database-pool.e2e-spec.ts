import { type StartedApp, startApp } from './app.js';
import { storeCampaign, storeLead } from './factories.js';

const server = process.env.HERALD_TEST_DATABASE_URL;
const TRIAGES = 200;

(server ? describe : describe.skip)('a pool of four connections (PostgreSQL: needs HERALD_TEST_DATABASE_URL)', () => {
  let herald: StartedApp;
  beforeAll(async () => {
    herald = await startApp({
      env: { HERALD_DATABASE_POOL: '4', HERALD_DATABASE_READ_POOL: '4', HERALD_DATABASE_WAIT_SECONDS: '60' },
    });
  });
  afterAll(() => herald.stop());

  it(`serves ${TRIAGES} simultaneous triages, and answers reads meanwhile`, async () => {
    const { campaign_id } = await storeCampaign(herald);
    const ids: string[] = [];
    for (let part = 0; part < TRIAGES; part += 20) {
      const stored = await Promise.all(Array.from({ length: 20 }, () => storeLead(herald, { campaign_id })));
      ids.push(...stored.map(({ lead_id }) => lead_id as string));
    }
    let open = TRIAGES;
    const triages = ids.map(async (id) => {
      const { status } = await herald.call('POST', `/api/v1/leads/${id}/triage`, {});
      open--;
      return status;
    });
    const reads: number[] = [];
    while (open > 0) reads.push((await herald.call('GET', `/api/v1/leads/${ids[reads.length % TRIAGES]}`)).status);
    expect(await Promise.all(triages)).toEqual(new Array(TRIAGES).fill(200));
    expect(reads.length).toBeGreaterThan(5);
    expect(new Set(reads)).toEqual(new Set([200]));
  });
});
