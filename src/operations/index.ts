export { ApiDocs, swaggerWithDocs } from './api-docs.js';
export {
  Choice,
  DayField,
  Email,
  Flag,
  Instant,
  IntNum,
  JsonList,
  JsonObject,
  JsonValue,
  ListOf,
  Nested,
  Num,
  Read,
  Str,
} from './fields.js';
export { auditedRequests } from './journal/audited-requests.js';
export { Journal } from './journal/journal.js';
export { JOURNAL_TABLES } from './journal/journal-tables.js';
export { type JsonSchema, type Reading, fieldsOf, schemaOf, shapesOf } from './json-schema.js';
export { refuseFuture } from './refuse-future.js';
export { AtLeastOneOf, FieldsBy, type FieldsOfValue, OneOf } from './shapes.js';
export { checkVersion } from './check-version.js';
export { DEFAULT_PAGE, DoneResponse, ID_PREFIX, ListRequest, MAX_PAGE } from './list.dto.js';
export { declaredOperations } from './declared-operations.js';
export type { HeraldRequest } from './herald-request.js';
export {
  Operation,
  type OperationDefinition,
  type RestRoute,
  type Route,
  isForModels,
  isReplayable,
  resourceOf,
  type ProgressListener,
  type CommandContext,
  type OperationContext,
  type OperationKind,
  type QueryContext,
} from './operation.js';
export { askedOfPerson } from './needs-person.js';
export { Happening, Listeners, Listens } from './listeners.js';
export { type CallOptions, CALL_REFUSED, OperationBus } from './operation-bus.js';
export { OperationRegistry, type RegisteredOperation } from './operation-registry.js';
export { OperationsModule } from './operations.module.js';
export { type Principal, SYSTEM, hasScope, refuseAgents } from './principal.js';
export { type ResourceAccess, ResourcePort, type ResourceProvider } from './resource-port.js';
export { coerceText, validateRequest } from './validate-request.js';
