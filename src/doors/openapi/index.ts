export { buildOpenApi } from './build-openapi.js';
export { answerOf } from './schema-catalog.js';
export { openApiText, productVersion, serveOpenApi } from './serve-openapi.js';
