import type { CallToolResult, ContentBlock, Tool } from '@modelcontextprotocol/server';
import type { McpTool } from '../../src/doors/mcp/index.js';

const NO_ARGUMENTS: Tool['inputSchema'] = { type: 'object', properties: {} };

/** A tool of the conformance suite's, open to any signed-in caller. */
export function fixtureTool(
  name: string,
  description: string,
  call: McpTool['call'],
  inputSchema = NO_ARGUMENTS,
): McpTool {
  return { definition: { name, description, inputSchema }, scope: null, call };
}

export function textResult(text: string): CallToolResult {
  return { content: [textContent(text)] };
}

export function textContent(text: string): ContentBlock {
  return { type: 'text', text };
}
