import type { ContentBlock, Tool } from '@modelcontextprotocol/server';
import type { McpTool } from '../../src/doors/mcp/index.js';
import { fixtureTool, textContent, textResult } from './fixture-tool.js';
import { RED_PIXEL, SILENCE } from './tiny-media.js';

const EMBEDDED: ContentBlock = {
  type: 'resource',
  resource: { uri: 'test://embedded-resource', mimeType: 'text/plain', text: 'This is an embedded resource content.' },
};
const MIXED: ContentBlock = {
  type: 'resource',
  resource: { uri: 'test://mixed-content-resource', mimeType: 'application/json', text: '{"test":"data","value":123}' },
};

/** Keywords of JSON Schema 2020-12 that must reach the client as they are. */
const RICH_SCHEMA: Tool['inputSchema'] = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

const HEADER_SCHEMA: Tool['inputSchema'] = {
  type: 'object',
  properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
  required: ['region'],
};

/** Each kind of content that a tool can answer with. */
export const CONTENT_TOOLS: readonly McpTool[] = [
  fixtureTool('greet', 'Answers at once', async ({ name }) => textResult(`Hello, ${String(name)}!`), {
    type: 'object',
    properties: { name: { type: 'string' } },
    required: ['name'],
  }),
  fixtureTool('test_simple_text', 'Answers with text', async () =>
    textResult('This is a simple text response for testing.'),
  ),
  fixtureTool('test_image_content', 'Answers with an image', async () => ({
    content: [{ type: 'image', ...RED_PIXEL }],
  })),
  fixtureTool('test_audio_content', 'Answers with a sound', async () => ({ content: [{ type: 'audio', ...SILENCE }] })),
  fixtureTool('test_embedded_resource', 'Answers with a resource inside', async () => ({ content: [EMBEDDED] })),
  fixtureTool('test_multiple_content_types', 'Answers with text, an image and a resource', async () => ({
    content: [textContent('Multiple content types test:'), { type: 'image', ...RED_PIXEL }, MIXED],
  })),
  fixtureTool('test_error_handling', 'Fails', async () => ({
    ...textResult('This tool intentionally returns an error for testing'),
    isError: true,
  })),
  fixtureTool(
    'json_schema_2020_12_tool',
    'Tool with JSON Schema 2020-12 features',
    async (input) => textResult(JSON.stringify(input)),
    RICH_SCHEMA,
  ),
  fixtureTool(
    'call_with_header',
    'Wants its argument in a header too',
    async ({ region }) => textResult(String(region)),
    HEADER_SCHEMA,
  ),
];
