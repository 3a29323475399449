/** The invented world that a fresh server starts with. */
export const DEMO_WORLD = {
  leads: 1000,
  seed: 7,
  /** Keeps the demo's rows apart from those of a data set that is imported later. */
  idPrefix: 'demo-',
} as const;
