import { setTimeout as sleep } from 'node:timers/promises';
import type { McpCaller, McpTool } from '../../src/doors/mcp/index.js';
import { fixtureTool, textResult } from './fixture-tool.js';

const STEP_MS = 50;
/** Longer than the reconnection delay that the suite is told, so that it is there before the answer. */
const AWAY_MS = 300;

async function log({ mcp }: McpCaller, text: string): Promise<void> {
  await mcp.mcpReq.log('info', text);
}

/** Tools that say something before they answer. */
export const LIVE_TOOLS: readonly McpTool[] = [
  fixtureTool('test_tool_with_logging', 'Logs three times while it works', async (_, caller) => {
    await log(caller, 'Tool execution started');
    await sleep(STEP_MS);
    await log(caller, 'Tool processing data');
    await sleep(STEP_MS);
    await log(caller, 'Tool execution completed');
    return textResult('Logged three times');
  }),
  fixtureTool('test_logging_tool', 'Logs once', async (_, caller) => {
    await log(caller, 'A line for whoever asked for a log level');
    return textResult('Logged once');
  }),
  fixtureTool('test_tool_with_progress', 'Reports progress: 0, 50 and 100 of 100', async (_, { progress }) => {
    progress?.(0, 100);
    await sleep(STEP_MS);
    progress?.(50, 100);
    await sleep(STEP_MS);
    progress?.(100, 100);
    return textResult('Reported progress');
  }),
  fixtureTool(
    'test_reconnection',
    'Ends its stream before it answers, so that the client has to come back for the answer',
    async (_, { mcp }) => {
      mcp.http?.closeSSE?.();
      await sleep(AWAY_MS);
      return textResult('Answered after the stream was closed');
    },
  ),
];
