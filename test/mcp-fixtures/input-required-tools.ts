import { acceptedContent, type InputRequest, inputRequired, inputResponse } from '@modelcontextprotocol/server';
import type { McpCaller, McpTool } from '../../src/doors/mcp/index.js';
import { fixtureTool, textResult } from './fixture-tool.js';
import { COLOR_FORM, CONFIRM_FORM, NAME_FORM } from './form-schemas.js';
import { signState, verifiedState } from './signed-state.js';

const NAME_QUESTION = inputRequired.elicit({ message: 'What is your name?', requestedSchema: NAME_FORM });

/** A field of an accepted form, if it is a text. */
function textAnswer({ mcp }: McpCaller, key: string, field: string): string | undefined {
  const value = acceptedContent(mcp.mcpReq.inputResponses, key)?.[field];
  return typeof value === 'string' ? value : undefined;
}

function isConfirmed({ mcp }: McpCaller): boolean {
  return acceptedContent(mcp.mcpReq.inputResponses, 'confirm')?.ok === true;
}

function question(text: string, maxTokens: number): InputRequest {
  return inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens });
}

/** Asks for a confirmation; the answer counts only with the state that went out with the question. */
async function confirmWithState(caller: McpCaller, answer: string) {
  const state = await verifiedState(caller);
  if (state && isConfirmed(caller)) return textResult(answer);
  const inputRequests = { confirm: inputRequired.elicit({ message: 'Please confirm', requestedSchema: CONFIRM_FORM }) };
  return inputRequired({ inputRequests, requestState: await signState({ asked: 'confirm' }) });
}

/** Tools that need several round trips (SEP-2322). */
export const INPUT_REQUIRED_TOOLS: readonly McpTool[] = [
  fixtureTool('test_input_required_result_elicitation', 'Asks for a name', async (_, caller) => {
    const name = textAnswer(caller, 'user_name', 'name');
    return name === undefined
      ? inputRequired({ inputRequests: { user_name: NAME_QUESTION } })
      : textResult(`Hello, ${name}!`);
  }),
  fixtureTool('test_input_required_result_sampling', "Asks the client's model", async (_, { mcp }) => {
    const answer = inputResponse(mcp.mcpReq.inputResponses, 'capital_question');
    if (answer.kind !== 'sampling')
      return inputRequired({ inputRequests: { capital_question: question('What is the capital of France?', 100) } });
    return textResult(JSON.stringify(answer.result.content));
  }),
  fixtureTool('test_input_required_result_list_roots', "Asks for the client's roots", async (_, { mcp }) => {
    const answer = inputResponse(mcp.mcpReq.inputResponses, 'client_roots');
    if (answer.kind !== 'roots') return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
    return textResult(`Roots: ${answer.roots.map(({ uri }) => uri).join(', ')}`);
  }),
  fixtureTool('test_input_required_result_request_state', 'Asks with a state', (_, caller) =>
    confirmWithState(caller, 'state-ok'),
  ),
  fixtureTool('test_input_required_result_tampered_state', 'Asks with a signed state', (_, caller) =>
    confirmWithState(caller, 'The state was not changed'),
  ),
  fixtureTool('test_input_required_result_multiple_inputs', 'Asks for three things at once', async (_, caller) => {
    const responses = caller.mcp.mcpReq.inputResponses;
    const name = textAnswer(caller, 'user_name', 'name');
    const greeting = inputResponse(responses, 'greeting');
    const roots = inputResponse(responses, 'client_roots');
    if ((await verifiedState(caller)) && name !== undefined && greeting.kind === 'sampling' && roots.kind === 'roots') {
      return textResult(`${JSON.stringify(greeting.result.content)} for ${name}, who has ${roots.roots.length} roots`);
    }
    return inputRequired({
      inputRequests: {
        user_name: NAME_QUESTION,
        greeting: question('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      },
      requestState: await signState({ asked: 'all' }),
    });
  }),
  fixtureTool('test_input_required_result_multi_round', 'Asks twice', async (_, caller) => {
    const state = await verifiedState<{ name?: string }>(caller);
    const color = textAnswer(caller, 'step2', 'color');
    if (state?.name !== undefined && color !== undefined) return textResult(`${state.name} likes ${color}`);
    const name = state?.name ?? (state && textAnswer(caller, 'step1', 'name'));
    const inputRequests: Record<string, InputRequest> =
      name === undefined
        ? { step1: inputRequired.elicit({ message: 'Step 1: What is your name?', requestedSchema: NAME_FORM }) }
        : {
            step2: inputRequired.elicit({
              message: 'Step 2: What is your favorite color?',
              requestedSchema: COLOR_FORM,
            }),
          };
    return inputRequired({ inputRequests, requestState: await signState({ ...(name !== undefined && { name }) }) });
  }),
  fixtureTool(
    'test_input_required_result_capabilities',
    'Asks only for what the client can do',
    async (_, { capabilities, mcp }) => {
      const inputRequests = {
        ...(capabilities?.sampling && { greeting: question('Generate a greeting', 50) }),
        ...(capabilities?.elicitation && { user_name: NAME_QUESTION }),
      };
      const isAnswered = Object.keys(inputRequests).every(
        (key) => inputResponse(mcp.mcpReq.inputResponses, key).kind !== 'missing',
      );
      return isAnswered ? textResult('Nothing more to ask') : inputRequired({ inputRequests });
    },
  ),
];
