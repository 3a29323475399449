export { buildOpenApi } from './build-openapi.js';
export { openApiText } from './openapi-text.js';
export { answerOf } from './plain-answer.js';
export { productVersion } from './product-version.js';
export { serveOpenApi } from './serve-openapi.js';
