import type { CallToolResult } from '@modelcontextprotocol/server';
import type { AppError } from '../../../errors/index.js';
import { fieldsOfError, statusOf } from '../../wire/index.js';

/** The member of `_meta` that holds an error's fields for programs; models read the same as text. */
export const PROBLEM = 'herald/problem';

/** An answer as data, and as text for clients that show only that. */
export function resultOf(answer: object): CallToolResult {
  // what is sent is what JSON makes of the answer: no undefined members
  const text = JSON.stringify(answer);
  return { content: [{ type: 'text', text }], structuredContent: JSON.parse(text) as Record<string, unknown> };
}

/**
 * What a tool answers when it could not do as it was told. There is no structuredContent: that would have to fit the
 * tool's output schema.
 * @param more further fields, such as the id of an approval
 */
export function problemResult(error: AppError, requestId: string, more: Record<string, unknown> = {}): CallToolResult {
  const problem = { status: statusOf(error), detail: error.message, ...fieldsOfError(error, requestId), ...more };
  return { content: [{ type: 'text', text: JSON.stringify(problem) }], isError: true, _meta: { [PROBLEM]: problem } };
}
