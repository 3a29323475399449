import type { Column } from './dataset-files.js';

export type Cell = string | number | boolean | null | object;
export type Row = Record<string, Cell>;

/** Why a cell was refused. A value, not an error: refused rows are normal business. */
export class Refused {
  constructor(readonly reason: string) {}
}

type CellParser = (cell: string) => Cell | Refused;

const INTEGER = /^-?\d{1,16}$/;
const DECIMAL = /^-?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][+-]?\d{1,3})?$/;
const TIME = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/;
/** The most frequent form of a time, which needs no second look: any day up to the 28th is one. */
const PLAIN_TIME = /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;
const DAY = /^(\d{4})-(\d\d)-(\d\d)(?:[T ]00:00:00(?:\.0+)?Z?)?$/;

/** A parser made once for each column: checks the cell against the column's whole specification. */
export function cellParser(column: Column): CellParser {
  const parse = parserOfType(column);
  const empty = column.nullable ? null : column.mayBeEmpty ? '' : new Refused('must not be empty');
  return (cell) => (cell === '' ? empty : parse(cell));
}

function parserOfType(column: Column): CellParser {
  switch (column.type) {
    case 'text':
      return textParser(column);
    case 'int':
      return numberParser(column, INTEGER, 'a whole number', (value) => value);
    case 'real':
      return numberParser(column, DECIMAL, 'a number', (value) => value);
    case 'money':
      return numberParser(column, DECIMAL, 'an amount of USD', roundToMicros);
    case 'bool':
      return parseBool;
    case 'time':
      return parseTime;
    case 'day':
      return parseDay;
    case 'json':
      return jsonParser(column);
  }
}

function textParser({ values, pattern, reads, maxLength = 400 }: Column): CellParser {
  const allowed = values && new Set(values);
  const notAllowed = allowed && new Refused(`must be one of ${values.join(', ')}`);
  return (cell) => {
    if (allowed) return allowed.has(cell) ? cell : notAllowed!;
    if (cell.length > maxLength)
      return new Refused(`is ${cell.length} characters long; at most ${maxLength} are allowed`);
    if (pattern && !pattern.test(cell)) return new Refused(`must match ${pattern.source}`);
    if (cell.includes('\0')) return new Refused('must not contain a NUL character');
    if (cell.includes('\uFFFD')) return new Refused('is not valid UTF-8');
    if (!reads) return cell;
    const reading = reads(cell);
    return 'value' in reading ? reading.value : new Refused(reading.refused);
  };
}

function numberParser(
  { min = -Infinity, max = Infinity }: Column,
  shape: RegExp,
  kind: string,
  finish: (value: number) => number,
): CellParser {
  return (cell) => {
    if (!shape.test(cell)) return new Refused(`must be ${kind}`);
    const value = Number(cell);
    if (value < min) return new Refused(`must be at least ${min}`);
    if (value > max) return new Refused(`must be at most ${max}`);
    return finish(value);
  };
}

/** Money is kept to the micro-dollar, the precision of the column, so that both databases hold the same number. */
function roundToMicros(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function parseBool(cell: string): Cell | Refused {
  if (cell === 'True' || cell === 'true') return true;
  if (cell === 'False' || cell === 'false') return false;
  return new Refused('must be True or False');
}

function parseTime(cell: string): Cell | Refused {
  if (PLAIN_TIME.test(cell)) return `${cell}.000Z`;
  const match = TIME.exec(cell);
  if (!match) return new Refused('must be an ISO 8601 time such as 2026-01-31T09:30:00');
  const [, year, month, dayOfMonth, hour, minute, second, fraction = '', zone = 'Z'] = match;
  if (!isDay(+year, +month, +dayOfMonth) || +hour > 23 || +minute > 59 || +second > 59)
    return new Refused('is not a real point in time');
  const utc = `${year}-${month}-${dayOfMonth}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}`;
  if (zone === 'Z') return `${utc}Z`;
  const instant = new Date(`${utc}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`);
  return Number.isNaN(instant.getTime()) ? new Refused('has an impossible zone offset') : instant.toISOString();
}

function parseDay(cell: string): Cell | Refused {
  const match = DAY.exec(cell);
  if (!match) return new Refused('must be a day such as 2026-01-31T00:00:00');
  return isDay(+match[1], +match[2], +match[3]) ? cell.slice(0, 10) : new Refused('is not a real day');
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  return day <= 28 || day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function jsonParser({ maxLength = 262_144, isTexts }: Column): CellParser {
  return (cell) => {
    if (cell.length > maxLength)
      return new Refused(`is ${cell.length} characters long; at most ${maxLength} are allowed`);
    if (cell.includes('\\u0000')) return new Refused('must not contain a NUL character');
    try {
      const value: unknown = JSON.parse(cell);
      if (isTexts && !(Array.isArray(value) && value.every((each) => typeof each === 'string')))
        return new Refused('must be a JSON array of texts');
      return typeof value === 'object' && value !== null ? value : new Refused('must be a JSON object or array');
    } catch {
      return new Refused('is not valid JSON');
    }
  };
}

/** The cell as the data set writes it; the inverse of `cellParser`. */
export function formatCell(column: Column, value: Cell | undefined): string {
  if (value === null || value === undefined) return '';
  switch (column.type) {
    case 'bool':
      return value ? 'True' : 'False';
    case 'time':
      return formatTime(value as string);
    case 'day':
      return `${value as string}T00:00:00`;
    case 'real':
    case 'money':
      return formatDecimal(Number(value));
    case 'json':
      return spacedJson(value);
    default:
      return String(value);
  }
}

function formatTime(value: string): string {
  return value.endsWith('.000Z') ? value.slice(0, 19) : value.slice(0, -1);
}

function formatDecimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** JSON with ", " and ": " between its parts, as the files have it. */
function spacedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, part]) => `${JSON.stringify(key)}: ${spacedJson(part)}`)
    .join(', ')}}`;
}

/** One line of a file, every cell quoted. */
export function csvLine(cells: readonly string[]): string {
  let line = '';
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[index];
    line += `${index === 0 ? '"' : ',"'}${cell.includes('"') ? cell.replaceAll('"', '""') : cell}"`;
  }
  return `${line}\n`;
}
