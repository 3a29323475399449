import { type CallHandler, type ExecutionContext, Injectable } from '@nestjs/common';
import type { NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { REST_ROUTE, type RestChoice } from './rest.decorator.js';

/** Gives the answer's `version` as its ETag, on the routes that say so. */
@Injectable()
export class EtagInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const route = this.reflector.get<RestChoice | undefined>(REST_ROUTE, context.getHandler());
    if (!route?.hasEtag) return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(tap((answer: { version?: number }) => void reply.header('ETag', `"${answer.version}"`)));
  }
}
