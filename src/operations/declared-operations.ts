import type { DynamicModule, ForwardReference, Provider, Type } from '@nestjs/common';
import { OPERATION, type OperationDefinition } from './operation.js';

type Importable = Type | DynamicModule | Promise<DynamicModule> | ForwardReference;

/**
 * What the providers of these modules, and of those that they import, declare as operations. It is read from the
 * classes, so that a door can be put together before there is a container.
 */
export function declaredOperations(modules: readonly Importable[]): OperationDefinition[] {
  const seen = new Set<unknown>();
  const found = new Map<string, OperationDefinition>();
  const visit = (importable: Importable): void => {
    const { module, imports = [], providers = [] } = partsOf(importable);
    if (!module || seen.has(importable)) return;
    seen.add(importable);
    for (const definition of [...metadataOf<Provider>('providers', module), ...providers].flatMap(operationsOf)) {
      found.set(definition.name, definition);
    }
    for (const each of [...metadataOf<Importable>('imports', module), ...imports]) visit(each);
  };
  modules.forEach(visit);
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function partsOf(importable: Importable): Partial<DynamicModule> {
  if (typeof importable === 'function') return { module: importable };
  if ('forwardRef' in importable) return partsOf(importable.forwardRef() as Importable);
  // a module that has to be waited for brings connections and the like, not operations
  return 'module' in importable ? importable : {};
}

function metadataOf<T>(key: string, type: Type): T[] {
  return (Reflect.getMetadata(key, type) as T[] | undefined) ?? [];
}

function operationsOf(provider: Provider): OperationDefinition[] {
  const type = typeof provider === 'function' ? provider : 'useClass' in provider ? provider.useClass : undefined;
  if (!type) return [];
  const prototype = type.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const method = Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown;
    if (typeof method !== 'function') return [];
    const definition = Reflect.getMetadata(OPERATION, method) as OperationDefinition | undefined;
    return definition ? [definition] : [];
  });
}
