import { fromMicros, sumMicrosSql } from '../money/index.js';
import { DIALECTS, Sample, openSampleDatabase } from './sample-database.fixture.js';

describe('a money column', () => {
  it.each(DIALECTS)('is added up exactly in SQL on %s', async (dialect) => {
    const { database, uow, close } = await openSampleDatabase(dialect);
    try {
      const total = async () =>
        fromMicros(
          Number((await database.query(`SELECT ${sumMicrosSql('cost_usd')} AS micros FROM samples`))[0]!.micros),
        );
      expect(await total()).toBe(0);
      await uow.run((unit) =>
        unit
          .of(Sample)
          .insert(Array.from({ length: 1_000 }, (_, index) => ({ sample_id: `S${index}`, cost_usd: 0.1 }))),
      );
      expect(await total()).toBe(100);
    } finally {
      await close();
    }
  });
});
