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
  expect(breaches).toEqual([]);
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

it('tables are handed out by name for import and export alone', () => {
  // whole files go in and out there, in the columns of the tables; a face for each row would be the table again
  const takers = [...texts].filter(([, text]) =>
    /^import \{[^}]*\b[A-Z]+_TABLES\b[^}]*\} from '\.\.\/[^']*index\.js'/m.test(text),
  );
  expect([...new Set(takers.map(([file]) => moduleOf(file)))]).toEqual(['dataset']);
});
