import type { Random } from '../../src/config/index.js';
import type { JsonSchema } from '../../src/operations/index.js';
import { ValueMaker } from './fuzz-values.js';
import type { DocumentedParameter, FoundOperation, OpenApiDocument } from './openapi-schemas.js';

export type Kind = 'fitting' | 'one odd value' | 'junk';

export interface FuzzedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
  /** What was sent for the parameters that were sent, as text. */
  sent: readonly SentParameter[];
}

export interface SentParameter {
  parameter: DocumentedParameter;
  values: string[];
}

const JUNK_BODIES = [
  '',
  '{',
  '[]',
  'null',
  '"text"',
  '12',
  'true',
  '{"a":1,"a":2}',
  '{"__proto__":{"x":1}}',
  '{"constructor":{"prototype":{}}}',
  '\ufeff{}',
  '<a/>',
];
const JUNK_TYPES = [
  'application/json',
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'nonsense',
];
const MOST_IDS = 20;

/** Makes requests for the operations of a document, the same ones for the same seed and answers. */
export class RequestFuzzer {
  private readonly knownIds = new Map<string, string[]>();
  private readonly avoided = new Set<string>();
  private readonly values: ValueMaker;

  constructor(document: OpenApiDocument, random: Random) {
    this.values = new ValueMaker(
      random,
      (reference) => document.components.schemas[reference.split('/').at(-1)!]!,
      this.knownIds,
    );
  }

  make({ method, path, operation }: FoundOperation, kind: Kind): FuzzedRequest {
    const oddParameter = kind === 'one odd value' ? this.values.pick([...operation.parameters, undefined]) : undefined;
    const headers: Record<string, string> = {};
    const query = new URLSearchParams();
    const sent: SentParameter[] = [];
    let address = path;
    for (const parameter of operation.parameters) {
      const isOdd = parameter === oddParameter || (kind === 'junk' && this.values.chance(0.3));
      if (parameter.in === 'path') {
        const value = this.pathValue(parameter, isOdd);
        address = address.replace(`{${parameter.name}}`, encodeURIComponent(value));
        sent.push({ parameter, values: [value] });
      } else if (parameter.in === 'header') this.addHeader(headers, parameter.name, isOdd);
      // a cursor fits one list alone, and cannot be guessed
      else if (isOdd || parameter.required || (parameter.name !== 'cursor' && this.values.chance(0.4)))
        this.addQuery(query, parameter, isOdd);
    }
    const body = this.body(
      operation.requestBody?.content['application/json']?.schema,
      kind,
      oddParameter === undefined,
      headers,
    );
    for (const parameter of operation.parameters) {
      const values = parameter.in === 'query' ? query.getAll(parameter.name) : [headers[parameter.name]].filter(isText);
      if (parameter.in !== 'path' && values.length > 0) sent.push({ parameter, values });
    }
    return { method, path: query.size > 0 ? `${address}?${query}` : address, headers, body, sent };
  }

  /** Remembers the ids in an answer, so that later requests name rows that exist. */
  learn(answer: unknown): void {
    if (Array.isArray(answer)) answer.slice(0, 5).forEach((each) => this.learn(each));
    else if (typeof answer === 'object' && answer !== null) {
      for (const [name, value] of Object.entries(answer)) {
        if (name.endsWith('_id') && typeof value === 'string') this.remember(name, value);
        else if (typeof value === 'object') this.learn(value);
      }
    }
  }

  /** Never to be named again. */
  avoid(id: string): void {
    this.avoided.add(id);
    for (const [name, ids] of this.knownIds)
      this.knownIds.set(
        name,
        ids.filter((each) => each !== id),
      );
  }

  remember(name: string, id: string): void {
    if (this.avoided.has(id)) return;
    const ids = this.knownIds.get(name) ?? [];
    if (ids.includes(id)) return;
    this.knownIds.set(name, [...ids, id].slice(-MOST_IDS));
  }

  private pathValue({ name, schema }: DocumentedParameter, isOdd: boolean): string {
    const field = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const value = isOdd ? this.values.oddText() : String(this.values.fitting(schema, field));
    // an empty part or dots would be another path
    return /^\.*$/.test(value) ? 'none' : wellFormed(value);
  }

  private addHeader(headers: Record<string, string>, name: string, isOdd: boolean): void {
    if (!isOdd && this.values.chance(0.6)) return;
    const value = isOdd
      ? this.values.pick(['', 'x'.repeat(300), '"', '*', 'W/"1"', '"1", "2"', '1'])
      : this.values.pick(['"1"', '"2"', '*', 'key-1', 'key-2']);
    headers[name] = value;
  }

  private addQuery(query: URLSearchParams, { name, schema }: DocumentedParameter, isOdd: boolean): void {
    const value = isOdd ? this.values.odd(schema) : this.values.fitting(schema, name);
    for (const each of [value].flat(1).slice(0, 10))
      query.append(name, wellFormed(typeof each === 'string' ? each : JSON.stringify(each)).slice(0, 3_000));
  }

  private body(
    schema: JsonSchema | undefined,
    kind: Kind,
    mayBeOdd: boolean,
    headers: Record<string, string>,
  ): string | undefined {
    if (!schema) return undefined;
    headers['content-type'] = 'application/json';
    if (kind === 'junk' && this.values.chance(0.4)) {
      headers['content-type'] = this.values.pick(JUNK_TYPES);
      return this.values.pick(JUNK_BODIES);
    }
    const value = this.values.fitting(schema) as Record<string, unknown>;
    if (kind === 'one odd value' && mayBeOdd) this.spoil(value, schema);
    if (kind === 'junk') for (let times = 0; times < 4; times++) this.spoil(value, schema);
    return JSON.stringify(value);
  }

  /** Replaces, removes or adds one field. */
  private spoil(value: Record<string, unknown>, schema: JsonSchema): void {
    const properties = (schema.$ref ? this.values.resolved(schema.$ref) : schema).properties ?? {};
    const names = Object.keys(properties);
    const name = names.length > 0 ? this.values.pick(names) : 'unheard_of';
    const turn = this.values.pick(['replace', 'replace', 'replace', 'remove', 'add']);
    if (turn === 'replace') value[name] = this.values.odd(properties[name] ?? {});
    else if (turn === 'remove') delete value[name];
    else value[this.values.oddText()] = this.values.odd({});
  }
}

/** Lone surrogates cannot be written into an address. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
