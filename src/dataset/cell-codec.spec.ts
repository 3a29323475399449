import { cellParser, formatCell, Refused, type Cell } from './cell-codec.js';
import type { Column, ColumnType } from './dataset-files.js';

const column = (type: ColumnType, more: Partial<Column> = {}): Column => ({ name: 'x', type, ...more });

describe('cells', () => {
  it.each<[ColumnType, string, Cell]>([
    ['text', 'E\u2011commerce', 'E\u2011commerce'],
    ['int', '47', 47],
    ['real', '0.0', 0],
    ['real', '1.5', 1.5],
    ['real', '1e-07', 1e-7],
    ['money', '450.5404761904762', 450.540476],
    ['money', '0.1', 0.1],
    ['bool', 'True', true],
    ['bool', 'False', false],
    ['time', '2025-08-28T23:57:12', '2025-08-28T23:57:12.000Z'],
    ['time', '2025-08-28T23:57:12.5', '2025-08-28T23:57:12.500Z'],
    ['time', '2025-08-28T23:57:12+02:00', '2025-08-28T21:57:12.000Z'],
    ['time', '2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['day', '2025-05-22T00:00:00', '2025-05-22'],
    ['day', '2025-05-22', '2025-05-22'],
    ['json', '["Ads", "Web"]', ['Ads', 'Web']],
  ])('reads a cell of type %s: %s', (type, cell, value) => {
    expect(cellParser(column(type))(cell)).toEqual(value);
  });

  it.each<[ColumnType, string, Partial<Column>]>([
    ['text', 'a\0b', {}],
    ['text', 'a\uFFFDb', {}],
    ['text', 'x'.repeat(401), {}],
    ['text', 'b', { values: ['a'] }],
    ['int', '1.5', {}],
    ['int', '-1', { min: 0 }],
    ['int', '99999999999999999999', {}],
    ['int', ' 1', {}],
    ['real', 'NaN', {}],
    ['real', 'Infinity', {}],
    ['real', '1,5', {}],
    ['money', '-0.01', { min: 0 }],
    ['bool', '1', {}],
    ['time', '2025-02-29T00:00:00', {}],
    ['time', '2025-01-01T24:00:00', {}],
    ['time', '2025-13-01T00:00:00', {}],
    ['time', '28.08.2025', {}],
    ['time', '2025-08-28T23:57:12+99:99', {}],
    ['day', '2025-05-22T10:00:00', {}],
    ['day', '2025-05-32', {}],
    ['json', '{', {}],
    ['json', '"text"', {}],
    ['json', 'null', {}],
    ['json', '{"a": "\\u0000"}', {}],
    ['json', '{"a": 1}', { isTexts: true }],
    ['json', '["call", 7]', { isTexts: true }],
    ['int', '', {}],
  ])('refuses a cell of type %s: %j', (type, cell, more) => {
    expect(cellParser(column(type, more))(cell)).toBeInstanceOf(Refused);
  });

  it('takes an empty cell as null, as empty text, or not at all', () => {
    expect(cellParser(column('money', { nullable: true }))('')).toBeNull();
    expect(cellParser(column('text', { mayBeEmpty: true }))('')).toBe('');
    expect(cellParser(column('text'))('')).toBeInstanceOf(Refused);
  });

  it.each<[ColumnType, string]>([
    ['text', 'plain'],
    ['int', '0'],
    ['real', '0.0'],
    ['real', '0.0318'],
    ['money', '55762.4'],
    ['bool', 'True'],
    ['time', '2025-08-28T23:57:12'],
    ['time', '2025-08-28T23:57:12.345'],
    ['day', '2025-05-22T00:00:00'],
    ['json', '{"industry": null, "min_lead_score": 70, "regions": ["APAC", "MEA"]}'],
  ])('writes a cell of type %s as it was read: %s', (type, cell) => {
    expect(formatCell(column(type), cellParser(column(type))(cell) as Cell)).toBe(cell);
  });
});
