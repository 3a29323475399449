export { FLOW_STATES, type FlowEvent, type FlowState, nextState } from './lead-flow.js';
