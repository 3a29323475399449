import type { Message, Part } from '@a2a-js/sdk';
import { ContentTypeNotSupportedError, RequestMalformedError } from '@a2a-js/sdk/errors';
import type { Agent, TextRule } from './agents.js';

/** What a message asks for. */
export interface Wish {
  /** The operation named by a data part or the metadata; undefined where there is only text. */
  readonly skill: string | undefined;
  readonly input: Record<string, unknown>;
}

const MAX_PARTS = 50;
const LONGEST_TEXT = 20_000;

/**
 * Reads a message by fixed rules, in this order:
 * - a data part `{skill, input}` names the operation and gives its fields; a data part without `skill` gives fields
 * - `metadata.skill` names the operation where no data part does
 * - plain text names nothing: by the agent's text rules it can fill fields that the data parts left open, and it goes
 * to the
 *   agent's first skill
 * @throws RequestMalformedError, ContentTypeNotSupportedError for parts that are files or no objects
 */
export function readMessage({ parts, metadata }: Pick<Message, 'parts' | 'metadata'>, agent: Agent): Wish {
  if (parts.length === 0) throw new RequestMalformedError('message.parts: must hold at least one part');
  if (parts.length > MAX_PARTS) throw new RequestMalformedError(`message.parts: must hold at most ${MAX_PARTS}`);
  const data = parts.flatMap(dataOf);
  const named = [
    ...new Set([
      ...data.map(({ skill }) => skill),
      data.some(({ skill }) => skill) ? undefined : textOrNone(metadata?.skill, 'metadata.skill'),
    ]),
  ];
  const skills = named.filter((each) => each !== undefined);
  if (skills.length > 1) throw new RequestMalformedError(`message.parts: name one skill, not ${skills.join(' and ')}`);
  const given = Object.assign({}, ...data.map(({ input }) => input)) as Record<string, unknown>;
  const skill = skills[0];
  const isDefault = skill === undefined || skill === agent.skills[0]!.operation;
  const spoken = isDefault ? fieldsIn(textIn(parts), agent.textRules) : {};
  return { skill, input: { ...spoken, ...given } };
}

/** The fields that plain text fills, by the rules alone. */
export function fieldsIn(text: string, rules: readonly TextRule[]): Record<string, string> {
  const found = rules.flatMap(({ field, pattern }): [string, string][] => {
    const match = pattern.exec(text);
    const value = match && (match.slice(1).find((group) => group !== undefined) ?? match[0]).replace(/[.:]+$/, '');
    // the choices that text can name are written small
    return value ? [[field, field.endsWith('_id') ? value : value.toLowerCase()]] : [];
  });
  return Object.fromEntries(found);
}

function dataOf({ content }: Part): { skill: string | undefined; input: Record<string, unknown> }[] {
  if (content?.$case === 'text') return [];
  if (content?.$case !== 'data')
    throw new ContentTypeNotSupportedError(
      'this agent reads text/plain and application/json parts; files are not read or fetched',
    );
  const value = content.value as unknown;
  if (!isObject(value)) throw new RequestMalformedError('message.parts: a data part must hold an object');
  const { skill, input, ...fields } = value;
  if (skill === undefined && input === undefined) return [{ skill: undefined, input: fields }];
  if (input !== undefined && !isObject(input))
    throw new RequestMalformedError('message.parts: "input" must be an object');
  const unknown = Object.keys(fields)[0];
  if (unknown !== undefined)
    throw new RequestMalformedError(`message.parts: "${unknown.slice(0, 100)}" belongs inside "input"`);
  return [{ skill: textOrNone(skill, 'skill'), input: input ?? {} }];
}

function textIn(parts: readonly Part[]): string {
  return parts
    .flatMap(({ content }) => (content?.$case === 'text' ? [content.value] : []))
    .join('\n')
    .slice(0, LONGEST_TEXT);
}

function textOrNone(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value.length > 100)
    throw new RequestMalformedError(`message: "${field}" must be the id of a skill`);
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
