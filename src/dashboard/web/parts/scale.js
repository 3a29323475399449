/**
 * Round values for an axis from zero to at least `top`: steps of 1, 2 or 5 times a power of ten.
 * @param count about how many steps
 */
export function ticksFor(top, count) {
  if (!(top > 0)) return [0, 1];
  const rough = top / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  const steps = Math.ceil(top / step - 1e-9);
  // a multiple of the step each, not a sum of steps: 0.1 + 0.2 would not be 0.3
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}
