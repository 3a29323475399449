export { Changes } from './changes/changes.js';
export { Reader } from './changes/reader.js';
export { McpEndpoint } from './http/mcp-endpoint.js';
export { McpHttpFilter, answerRefusalsAsMcp } from './http/mcp-http.filter.js';
export { McpServerFactory } from './mcp-server-factory.js';
export { McpModule } from './mcp.module.js';
export {
  type McpCaller,
  type McpPrompt,
  type McpResource,
  type McpTemplate,
  type McpTool,
  Offerings,
} from './offerings.js';
export { McpSessions } from './sessions/mcp-sessions.js';
export type { CallTask } from './tasks/call-task.entity.js';
export { CallTasks } from './tasks/call-tasks.js';
export { TaskQuestions, knowsTasks, requireTasks, toCreatedTask } from './tasks/task-answers.js';
export { resultOf } from './tools/tool-result.js';
