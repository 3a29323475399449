import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { MarkedMethods } from '../discovery/index.js';
import { AppError } from '../errors/index.js';
import { OPERATION, type OperationDefinition } from './operation.js';

export interface RegisteredOperation extends OperationDefinition {
  handler: (request: object, context: unknown) => Promise<object>;
}

/** All operations of the process, found at start-up on the providers that carry them. */
@Injectable()
export class OperationRegistry implements OnModuleInit {
  private readonly operations = new Map<string, RegisteredOperation>();

  constructor(private readonly methods: MarkedMethods) {}

  onModuleInit(): void {
    for (const { mark, call } of this.methods.find<OperationDefinition, RegisteredOperation['handler']>(OPERATION))
      this.add({ ...mark, handler: call });
  }

  /** @throws AppError not_found when there is no such operation */
  get(name: string): RegisteredOperation {
    const operation = this.find(name);
    if (!operation) throw new AppError('not_found', 'operation_not_found', `there is no operation "${name}"`);
    return operation;
  }

  find(name: string): RegisteredOperation | undefined {
    return this.operations.get(name);
  }

  /** In the order of their names. */
  all(): RegisteredOperation[] {
    return [...this.operations.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
  }

  private add(operation: RegisteredOperation): void {
    if (this.operations.has(operation.name)) throw new Error(`two operations are called "${operation.name}"`);
    this.operations.set(operation.name, operation);
  }
}
