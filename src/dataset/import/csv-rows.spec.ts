import { createRandom } from '../../config/index.js';
import { csvLine } from '../cell-codec.js';
import { CsvReader, type CsvProblem, type CsvRecord } from './csv-rows.js';

function readAll(
  text: string,
  pieceLength = text.length || 1,
  limits?: ConstructorParameters<typeof CsvReader>[0],
): (CsvRecord | CsvProblem)[] {
  const reader = new CsvReader(limits);
  const found = [];
  for (let at = 0; at < text.length; at += pieceLength) found.push(...reader.read(text.slice(at, at + pieceLength)));
  return [...found, ...reader.read('', true)];
}

describe('CsvReader', () => {
  it.each([
    [
      'plain cells',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['quoted cells with commas and quotes', '"a,""x""","b"\n', [['a,"x"', 'b']]],
    ['a quoted line break', '"a\nb",c\n', [['a\nb', 'c']]],
    [
      'CRLF',
      'a,b\r\n"c","d"\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['no line break at the end', 'a,"b"', [['a', 'b']]],
    [
      'empty cells',
      ',""\n"",\n',
      [
        ['', ''],
        ['', ''],
      ],
    ],
    ['blank lines, which are skipped', 'a\n\n\nb\n', [['a'], ['b']]],
    ['a lone carriage return at the end', '"a"\r', [['a']]],
    ['nothing', '', []],
  ])('reads %s', (_name, text, cells) => {
    expect(readAll(text).map((record) => 'cells' in record && record.cells)).toEqual(cells);
  });

  it('counts the lines of the file, quoted breaks and blank lines included', () => {
    expect(readAll('h\n"a\nb\nc"\n\nd\n').map(({ line }) => line)).toEqual([1, 2, 6]);
  });

  it.each([
    ['text after a closing quote', '"a"x,b\nc,d\n', 'closing quote'],
    ['a quote inside a bare cell', 'a"b,c\nc,d\n', 'does not start with one'],
    ['a quote that swallows a line', '"a,b\n"c","d"\n', 'closing quote'],
    ['a quote that is never closed', '"a,b\nc,d\n', 'never closed'],
  ])('gives up only the first line of a record with %s', (_name, text, problem) => {
    const [bad, good] = readAll(text);
    expect(bad).toMatchObject({ line: 1, problem: expect.stringContaining(problem) });
    expect(good).toEqual({ line: 2, cells: ['c', 'd'] });
  });

  it('refuses records beyond its limits and goes on', () => {
    const limits = { recordLength: 40, columns: 3 };
    const found = readAll(`"${'x'.repeat(100)}\n${'y'.repeat(100)}"\na,b,c,d\ne,f\n`, 10, limits);
    expect(found.map((record) => ('problem' in record ? record.problem : record.cells))).toContainEqual(['e', 'f']);
    expect(found.some((record) => 'problem' in record && record.problem.includes('longer than 40'))).toBe(true);
    expect(found.some((record) => 'problem' in record && record.problem.includes('more than 3 cells'))).toBe(true);
  });

  it('reads back whatever is written, however it is cut into pieces', () => {
    const random = createRandom(11);
    const alphabet = ['a', 'é', '"', '""', ',', '\n', '\r\n', ' ', '€', '{', '\u2011'];
    const rows = Array.from({ length: 60 }, () =>
      Array.from({ length: 3 }, () =>
        Array.from({ length: random.integer(8) }, () => alphabet[random.integer(alphabet.length)]).join(''),
      ),
    );
    const text = rows.map(csvLine).join('');
    for (const pieceLength of [1, 2, 3, 7, 64, text.length]) {
      expect(readAll(text, pieceLength).map((record) => 'cells' in record && record.cells)).toEqual(rows);
    }
  });
});
