import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';

type Method = (...args: never[]) => unknown;

export interface MarkedMethod<M, F> {
  /** What the decorator left on it. */
  readonly mark: M;
  readonly name: string;
  /** Bound to its provider. */
  readonly call: F;
  /** As the class has it: the same for each of its marks. */
  readonly method: unknown;
}

/** The methods of providers that decorators have marked, such as `@Job`, `@Operation` and `@Listens`. */
@Injectable()
export class MarkedMethods {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  /** Those of all providers of the process; to be called when the modules start. */
  find<M, F extends Method>(mark: symbol): MarkedMethod<M, F>[] {
    const found: MarkedMethod<M, F>[] = [];
    for (const { instance } of this.discovery.getProviders()) {
      if (!instance || typeof instance !== 'object') continue;
      for (const name of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance))) {
        const method = (instance as Record<string, F>)[name]!;
        const left = this.reflector.get<M | undefined>(mark, method);
        if (left !== undefined) found.push({ mark: left, name, method, call: method.bind(instance) as F });
      }
    }
    return found;
  }
}
