import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A module's tables are read and written in SQL only inside that module; others use its face (docs/decisions/0020).
 * Which module a table belongs to is where its entity stands.
 */
const SRC = import.meta.dirname;
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !/\.(spec|fixture)\.ts$/.test(file),
);
const texts = new Map(files.map((file) => [file, readFileSync(join(SRC, file), 'utf8')]));
const moduleOf = (file: string): string => file.split('/')[0]!;

/** SQL on tables of another module that is still to go, with where it goes. New lines need a better reason. */
const FOREIGN_SQL: Readonly<Record<string, string>> = {
  'crm/figures/figure-keeper.ts: figure_changes': 'the figures say whether any wait to be folded in',
};

const owners = new Map(
  [...texts].flatMap(([file, text]) =>
    [...text.matchAll(/@Entity\('(\w+)'/g)].map(([, table]) => [table!, moduleOf(file)] as const),
  ),
);

it('no SQL names a table of another module', () => {
  const tables = [...owners.keys()].join('|');
  const pattern = new RegExp(`\\b(?:FROM|JOIN|INTO|UPDATE)\\s+(${tables})\\b`, 'g');
  const breaches = [...texts].flatMap(([file, text]) =>
    [...text.matchAll(pattern)]
      .map(([, table]) => table!)
      .filter((table) => owners.get(table) !== moduleOf(file))
      .map((table) => `${file}: ${table}`),
  );
  expect(breaches.filter((breach) => !Object.hasOwn(FOREIGN_SQL, breach))).toEqual([]);
});

it('no entity leaves its module', () => {
  const entities = new Map(
    [...texts].flatMap(([file, text]) =>
      [...text.matchAll(/@Entity\('\w+'[\s\S]*?\bexport class (\w+)/g)].map(
        ([, name]) => [name!, moduleOf(file)] as const,
      ),
    ),
  );
  const leaving = [...texts]
    .filter(([file]) => file.endsWith('index.ts'))
    .flatMap(([file, text]) =>
      [...text.matchAll(/export \{([^}]*)\}/g)]
        .flatMap(([, names]) => names!.split(',').map((name) => name.trim()))
        .filter((name) => entities.has(name))
        .map((name) => `${moduleOf(file)}: ${name}`),
    );
  expect(leaving).toEqual([]);
});
