export { agentPrincipal } from './agent-principals.js';
export { AgentFacts } from './facts/agent-facts.js';
export type { FactsView } from './facts/facts-view.js';
export { type Arrival, completed, type HandoffOutcome, HandoffReceivers } from './handoffs/handoff-receivers.js';
export type { Handoff } from './handoffs/handoff.entity.js';
export { OrchestratorModule } from './orchestrator.module.js';
export { FlowRun, type RunProgress, type RunSummary } from './run/flow-run.js';
