import { acceptedContent, type GetPromptResult, inputRequired } from '@modelcontextprotocol/server';
import type { McpPrompt } from '../../src/doors/mcp/index.js';
import { CONTEXT_FORM } from './form-schemas.js';
import { RED_PIXEL } from './tiny-media.js';

type Content = GetPromptResult['messages'][number]['content'];

function fromUser(...contents: Content[]): GetPromptResult {
  return { messages: contents.map((content) => ({ role: 'user', content })) };
}

const WORDS = ['paris', 'park', 'party', 'test', 'testing'];
const completeWord = async (typed: string) => WORDS.filter((word) => word.startsWith(typed));

/** The prompts that the conformance suite gets. */
export const FIXTURE_PROMPTS: readonly McpPrompt[] = [
  {
    definition: { name: 'test_simple_prompt', description: 'A prompt without arguments' },
    scope: null,
    get: async () => fromUser({ type: 'text', text: 'This is a simple prompt for testing.' }),
  },
  {
    definition: {
      name: 'test_prompt_with_arguments',
      description: 'A prompt with two arguments',
      arguments: [
        { name: 'arg1', description: 'First test argument', required: true },
        { name: 'arg2', description: 'Second test argument', required: true },
      ],
    },
    scope: null,
    get: async ({ arg1, arg2 }) =>
      fromUser({ type: 'text', text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` }),
    complete: { arg1: completeWord, arg2: completeWord },
  },
  {
    definition: {
      name: 'test_prompt_with_embedded_resource',
      description: 'A prompt with a resource inside',
      arguments: [{ name: 'resourceUri', description: 'URI of the resource to embed', required: true }],
    },
    scope: null,
    get: async ({ resourceUri }) =>
      fromUser(
        {
          type: 'resource',
          resource: { uri: resourceUri!, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
        },
        { type: 'text', text: 'Please process the embedded resource above.' },
      ),
  },
  {
    definition: { name: 'test_prompt_with_image', description: 'A prompt with an image' },
    scope: null,
    get: async () =>
      fromUser({ type: 'image', ...RED_PIXEL }, { type: 'text', text: 'Please analyze the image above.' }),
  },
  {
    definition: { name: 'test_input_required_result_prompt', description: 'A prompt that has to ask first' },
    scope: null,
    get: async (_, { mcp }) => {
      const context = acceptedContent(mcp.mcpReq.inputResponses, 'user_context')?.context;
      if (typeof context === 'string') return fromUser({ type: 'text', text: `Use this context: ${context}` });
      const question = inputRequired.elicit({
        message: 'What context should the prompt use?',
        requestedSchema: CONTEXT_FORM,
      });
      return inputRequired({ inputRequests: { user_context: question } });
    },
  },
];
