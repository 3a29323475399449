import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { MarkedMethods } from '../discovery/index.js';

/**
 * Something that modules tell each other of while it happens, mostly inside the unit that records it. `E` is what they
 * are told.
 */
export class Happening<E> {
  declare private readonly told: E;

  constructor(readonly name: string) {}
}

type Listener<E = never> = (event: E) => Promise<void> | void;

const LISTENS = Symbol('listens');

/** Marks a provider's method as one that is told of it; what throws there fails what has happened, too. */
export function Listens<E>(happening: Happening<E>) {
  return <L extends Listener<E>>(_target: object, _name: string | symbol, method: TypedPropertyDescriptor<L>): void =>
    Reflect.defineMetadata(LISTENS, happening, method.value!);
}

/** Those who want to be told of what happens: the methods with `@Listens`, found at start-up. */
@Injectable()
export class Listeners implements OnModuleInit {
  private readonly byHappening = new Map<object, Listener[]>();

  constructor(private readonly methods: MarkedMethods) {}

  onModuleInit(): void {
    for (const { mark, call } of this.methods.find<Happening<unknown>, Listener>(LISTENS)) this.of(mark).push(call);
  }

  /** Tells one listener after the other. */
  async tell<E>(happening: Happening<E>, event: E): Promise<void> {
    for (const listener of this.of(happening)) await listener(event as never);
  }

  /** Tells listeners that are done when they return, where nobody can wait. */
  tellAtOnce<E>(happening: Happening<E>, event: E): void {
    for (const listener of this.of(happening)) {
      if (listener(event as never) instanceof Promise)
        throw new TypeError(`a listener to "${happening.name}" takes its time, and nobody waits for it`);
    }
  }

  private of(happening: object): Listener[] {
    let listeners = this.byHappening.get(happening);
    if (!listeners) this.byHappening.set(happening, (listeners = []));
    return listeners;
  }
}
