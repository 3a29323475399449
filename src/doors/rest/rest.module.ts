import type { DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { declaredOperations } from '../../operations/index.js';
import { ProblemFilter } from '../wire/index.js';
import { restController } from './rest-controller.js';
import { addressesOf } from './rest-route.js';

/** The REST door: the routes that operations declare, made into a controller of Nest. */
export class RestModule {
  /** @param modules those whose operations get their routes, and what they import */
  static over(modules: Parameters<typeof declaredOperations>[0]): DynamicModule {
    return {
      module: RestModule,
      controllers: [restController(declaredOperations(modules).flatMap(addressesOf))],
      providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
    };
  }
}
