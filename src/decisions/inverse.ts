/**
 * An action that takes a decision back, as data: `type` finds the handler of the module that owns the rows, the other
 * fields are its parameters.
 */
export interface Inverse {
  readonly type: string;
  /**
   * The state that the undo must find, field by field; where it differs, the world has moved on and the undo is
   * refused.
   */
  readonly expects: Readonly<Record<string, unknown>>;
  readonly [parameter: string]: unknown;
}

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
