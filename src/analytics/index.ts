export { blockBootstrap, blockLength, quantile, type UniformInteger } from './stats/block-bootstrap.js';
export { mannKendall, type TrendTest } from './stats/mann-kendall.js';
export { normalCdf } from './stats/normal.js';
export { simpleRegression, type SimpleRegression } from './stats/simple-regression.js';
export { twoProportions, type ProportionTest } from './stats/two-proportions.js';
export { wilsonInterval, Z_95, type Interval } from './stats/wilson.js';
