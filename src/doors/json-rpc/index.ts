export { CallJournal, targetOfUri } from './call-journal.js';
export { codeOf, statusOf, toAppError } from './error-codes.js';
export { MAX_JSON_DEPTH, isDeeperThan } from './json-depth.js';
export { JsonRpcModule } from './json-rpc.module.js';
export { answerRefusalsBy, understandRefusal } from './unread-requests.js';
