import {
  type CallToolResult,
  type ElicitRequestFormParams,
  inputRequired,
  type InputRequiredResult,
  inputResponse,
} from '@modelcontextprotocol/server';
import type { McpCaller, McpTool } from '../../src/doors/mcp/index.js';
import { fixtureTool, textResult } from './fixture-tool.js';
import { CHOICES_FORM, CONFIRM_FORM, DEFAULTS_FORM, PERSON_FORM } from './form-schemas.js';

type Form = ElicitRequestFormParams['requestedSchema'];
const KEY = 'answer';

/**
 * Asks with a form, and answers with what came of it. One handler for both eras: the SDK asks 2025 clients directly.
 */
async function askWithForm(
  { mcp }: McpCaller,
  message: string,
  requestedSchema: Form,
  label: string,
): Promise<CallToolResult | InputRequiredResult> {
  const answer = inputResponse(mcp.mcpReq.inputResponses, KEY);
  if (answer.kind !== 'elicit')
    return inputRequired({ inputRequests: { [KEY]: inputRequired.elicit({ message, requestedSchema }) } });
  return textResult(`${label}: action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`);
}

async function askTheModel({ mcp }: McpCaller, prompt: string): Promise<CallToolResult | InputRequiredResult> {
  const answer = inputResponse(mcp.mcpReq.inputResponses, KEY);
  if (answer.kind !== 'sampling') {
    const question = inputRequired.createMessage({
      messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
      maxTokens: 100,
    });
    return inputRequired({ inputRequests: { [KEY]: question } });
  }
  const [block] = [answer.result.content].flat();
  return textResult(`LLM response: ${block?.type === 'text' ? block.text : JSON.stringify(block)}`);
}

const one = (argument: string) => ({
  type: 'object' as const,
  properties: { [argument]: { type: 'string' as const } },
  required: [argument],
});

/** Tools that ask the client's model or its user one thing before they answer. */
export const ASKING_TOOLS: readonly McpTool[] = [
  fixtureTool(
    'test_sampling',
    "Asks the client's model",
    (input, caller) => askTheModel(caller, String(input.prompt)),
    one('prompt'),
  ),
  fixtureTool('test_missing_capability', "Needs the client's model", (_, caller) =>
    askTheModel(caller, 'Say something'),
  ),
  fixtureTool(
    'test_elicitation',
    'Asks the user for a name and an address',
    (input, caller) => askWithForm(caller, String(input.message), PERSON_FORM, 'User response'),
    one('message'),
  ),
  fixtureTool('test_streaming_elicitation', 'Asks the user to confirm', (_, caller) =>
    askWithForm(caller, 'Please confirm', CONFIRM_FORM, 'User response'),
  ),
  fixtureTool('test_elicitation_sep1034_defaults', 'Asks with a form that has defaults', (_, caller) =>
    askWithForm(caller, 'Please check the values', DEFAULTS_FORM, 'Elicitation completed'),
  ),
  fixtureTool('test_elicitation_sep1330_enums', 'Asks with a form of choices', (_, caller) =>
    askWithForm(caller, 'Please choose', CHOICES_FORM, 'Elicitation completed'),
  ),
];
