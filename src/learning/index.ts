export {
  beliefMean,
  betaPrior,
  compareArms,
  fitPriorStrength,
  indexOfMax,
  thompsonDraws,
  updateBelief,
  type BestArm,
  type BetaBelief,
} from './models/bandit.js';
export { sampleBeta, sampleLogGamma, sampleNormal, type Uniform } from './models/sample-beta.js';
