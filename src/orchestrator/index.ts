export { Handoff } from './handoffs/handoff.entity.js';
export { OrchestratorModule } from './orchestrator.module.js';
export { FlowRun, type RunProgress, type RunSummary } from './run/flow-run.js';
