import type { McpPrompt, McpTool, Offerings } from '../../src/doors/mcp/index.js';
import { fixtureTool, textResult } from './fixture-tool.js';

/** A tool and a prompt that come and go, each by a tool that the suite calls. */
export class ChangingLists {
  private hasTool = false;
  private hasPrompt = false;

  constructor(private readonly offerings: Offerings) {}

  tools(): McpTool[] {
    return [
      fixtureTool('test_trigger_tool_change', 'Adds a tool, or takes it away again', async () => {
        this.hasTool = !this.hasTool;
        this.offerings.change('tools');
        return textResult(this.hasTool ? 'Added a tool' : 'Took a tool away');
      }),
      fixtureTool('test_trigger_prompt_change', 'Adds a prompt, or takes it away again', async () => {
        this.hasPrompt = !this.hasPrompt;
        this.offerings.change('prompts');
        return textResult(this.hasPrompt ? 'Added a prompt' : 'Took a prompt away');
      }),
      ...(this.hasTool
        ? [fixtureTool('test_passing_tool', 'Is here for a while', async () => textResult('Still here'))]
        : []),
    ];
  }

  prompts(): McpPrompt[] {
    if (!this.hasPrompt) return [];
    const get = async () => ({
      messages: [{ role: 'user' as const, content: { type: 'text' as const, text: 'Still here' } }],
    });
    return [{ definition: { name: 'test_passing_prompt', description: 'Is here for a while' }, scope: null, get }];
  }
}
