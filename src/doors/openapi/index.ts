export { buildOpenApi } from './build-openapi.js';
export { openApiText } from './serve-openapi.js';
export { answerOf } from './schema-catalog.js';
export { productVersion } from './serve-openapi.js';
export { serveOpenApi } from './serve-openapi.js';
