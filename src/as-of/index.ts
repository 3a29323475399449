export { AsOf } from './as-of.js';
export { AsOfModule } from './as-of.module.js';
export { parseDay } from './parse-day.js';
