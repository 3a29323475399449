import type { McpResource, McpTemplate } from '../../src/doors/mcp/index.js';
import { RED_PIXEL } from './tiny-media.js';

/** The resources that the conformance suite reads and subscribes to. */
export const FIXTURE_RESOURCES: readonly McpResource[] = [
  textResource('test://static-text', 'A text', 'This is the content of the static text resource.'),
  textResource('test://watched-resource', 'A resource to subscribe to', 'This resource can be watched.'),
  {
    definition: {
      uri: 'test://static-binary',
      name: 'test_static_binary',
      description: 'One red pixel',
      mimeType: RED_PIXEL.mimeType,
    },
    scope: null,
    read: async (uri) => ({ contents: [{ uri, mimeType: RED_PIXEL.mimeType, blob: RED_PIXEL.data }] }),
  },
];

export const FIXTURE_TEMPLATES: readonly McpTemplate[] = [
  {
    definition: {
      uriTemplate: 'test://template/{id}/data',
      name: 'test_template',
      description: 'Data for an id',
      mimeType: 'application/json',
    },
    scope: null,
    read: async (uri, { id }) => {
      const text = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` });
      return { contents: [{ uri, mimeType: 'application/json', text }] };
    },
  },
];

function textResource(uri: string, description: string, text: string): McpResource {
  const name = uri.replace('test://', 'test_').replaceAll('-', '_');
  return {
    definition: { uri, name, description, mimeType: 'text/plain' },
    scope: null,
    read: async () => ({ contents: [{ uri, mimeType: 'text/plain', text }] }),
  };
}
