import type { Principal } from '../../../operations/index.js';

/**
 * Who is at the other end of a connection. What it may do can change while it lasts: a key never has more scopes than
 * its owner.
 */
export class Reader {
  private readonly listeners = new Set<() => void>();

  constructor(private current: Principal) {}

  get principal(): Principal {
    return this.current;
  }

  /** @param principal the same caller, as its credentials say now */
  become(principal: Principal): void {
    const { scopes } = this.current;
    this.current = principal;
    if (scopes.size === principal.scopes.size && [...scopes].every((scope) => principal.scopes.has(scope))) return;
    for (const listener of this.listeners) listener();
  }

  /** @returns how to stop listening */
  onNewScopes(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
