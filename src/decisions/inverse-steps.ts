import type { Inverse } from './decision-shape.js';

/** Type of an inverse that is several others. */
const STEPS = 'steps';

/** The inverse of two effects, the second carried out after the first. */
export function followedBy(first: Inverse, second: Inverse): Inverse {
  return { type: STEPS, steps: [...stepsOf(first), ...stepsOf(second)], expects: {} };
}

/**
 * The single inverse actions, in the order in which their effects were carried out; taking back goes from the last to
 * the first.
 */
export function stepsOf(inverse: Inverse): readonly Inverse[] {
  return inverse.type === STEPS ? (inverse.steps as readonly Inverse[]) : [inverse];
}
