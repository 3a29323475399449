import type { ApiResponseSchemaHost } from '@nestjs/swagger';
import { schemaOf } from '../../operations/index.js';

/** The documented answer of a route that is no operation, from a class with field decorators. */
export function answerOf(type: new () => object, status = 200, description = 'The answer') {
  const schema = schemaOf(type, () => ({}), false) as ApiResponseSchemaHost['schema'];
  return { status, description, content: { 'application/json': { schema } } };
}
