import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { getMetadataArgsStorage } from 'typeorm';
import { addedKeyColumn, DATASET_FILES } from './dataset-files.js';
import { DATASET_TABLES } from './dataset-tables.js';
import { headerProblem } from './import/row-parser.js';

const REAL_DATA = resolve('../shared/data/marketing_v1');

describe('the table of the 18 files', () => {
  it('lists parents before those that refer to them', () => {
    const earlier = new Set<string>();
    for (const { table, columns } of DATASET_FILES) {
      for (const { references } of columns) if (references) expect(earlier).toContain(references);
      earlier.add(table);
    }
    expect(earlier.size).toBe(18);
  });

  it.each(DATASET_FILES)('agrees with the entity of $table in names, keys and nulls', (file) => {
    const fields = getMetadataArgsStorage().filterColumns([DATASET_TABLES[file.table]]);
    const byName = new Map(fields.map(({ propertyName, options }) => [propertyName, options]));
    expect(fields.filter(({ options }) => options.primary).map(({ propertyName }) => propertyName)).toEqual(file.key);
    for (const { name, nullable = false } of file.columns) {
      expect([name, byName.has(name)]).toEqual([name, true]);
      expect([name, byName.get(name)!.nullable ?? false]).toEqual([name, nullable]);
    }
  });

  it.each(DATASET_FILES)('accepts a header of $file in any order and says what is wrong with another', (file) => {
    const names = file.columns.map(({ name }) => name);
    expect(headerProblem(file, [...names].reverse())).toBeUndefined();
    const added = addedKeyColumn(file);
    if (added) expect(headerProblem(file, [added.name, ...names])).toBeUndefined();
    expect(headerProblem(file, names.slice(1))).toContain(`missing: ${names[0]}`);
    expect(headerProblem(file, [...names, 'extra'])).toContain('unknown: extra');
    expect(headerProblem(file, [...names, names[0]])).toContain(`duplicated: ${names[0]}`);
  });

  const realIt = existsSync(REAL_DATA) ? it : it.skip;
  realIt('has the columns of the real files in their order (skipped where ../shared/data is absent)', () => {
    for (const { file, columns } of DATASET_FILES) {
      const header = readFileSync(join(REAL_DATA, file), 'utf8').split('\n', 1)[0];
      expect(header).toBe(columns.map(({ name }) => `"${name}"`).join(','));
    }
  });
});
