import { SetMetadata, applyDecorators } from '@nestjs/common';
import { ApiExtension, ApiOperation } from '@nestjs/swagger';

export interface RestChoice {
  /** The answer carries its `version` as an ETag. */
  hasEtag?: boolean;
  /** Another path to an operation that has its own: left out of the list of operations by id. */
  isAlias?: boolean;
  /** Answered without a body. */
  isEmpty?: boolean;
}

export const REST_ROUTE = 'herald:rest-route';

/**
 * A controller method that is the REST door to an operation. The extension is how the OpenAPI builder finds the
 * operation's classes; it is taken out of the published document.
 */
export function Rest(operation: string, choice: RestChoice = {}): MethodDecorator {
  return applyDecorators(
    SetMetadata(REST_ROUTE, { operation, ...choice }),
    ApiOperation(choice.isAlias ? {} : { operationId: operation }),
    ApiExtension('x-herald-route', { operation, ...choice }),
  );
}
