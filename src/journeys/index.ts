export { type Enrolment, type PauseReason, type StepTaken } from './enrolments/enrolment.entity.js';
export { type Advance, type EnrolWish, type Enrolled, Enrolments } from './enrolments/enrolments.js';
export { STEP_TOPIC, type StepJob, steppedBack } from './enrolments/enrolment-rows.js';
export { companyKey } from './enrolments/company-key.js';
export { type JourneyCase, type JourneyEvent, Journeys, TRIAGE_AGAIN_TOPIC } from './journeys.js';
export { JourneysModule } from './journeys.module.js';
export {
  AT_REST,
  FLOW_STATES,
  type FlowEffect,
  type FlowEvent,
  type FlowState,
  IN_SEQUENCE,
  UNDER_WAY,
  WITH_PERSON,
  type Way,
  nextState,
  wayOf,
} from './lead-flow.js';
export {
  type SequenceDefinition,
  type SequencePace,
  type SequenceStepDefinition,
  dueAfter,
  placeOf,
  stepAfter,
} from './sequences/sequence-definition.js';
export { type PublishedSequence, Sequences } from './sequences/sequences.js';
