export { CallJournal, targetOfUri } from './call-journal.js';
export { MAX_JSON_DEPTH, isDeeperThan } from './json-depth.js';
export { CREDENTIALS_ENDED, OpenStreams } from './open-streams.js';
export { ProblemFilter, RefusalFilter, answerRefusalsBy } from './problem.filter.js';
export { BEAT_MS, EVENT_STREAM_HEADERS, EventWriter, MAX_STALL_MS } from './server-sent-events.js';
export {
  type ErrorFields,
  OUR_FAULT,
  PROBLEM_TYPE,
  type Refusal,
  fieldsOfError,
  problemOf,
  refusalOf,
  retryAfterOf,
  rpcCodeOf,
  rpcNameOf,
  statusOf,
  tellRefusal,
  titleOf,
  toAppError,
} from './told-error.js';
export { WireModule } from './wire.module.js';
