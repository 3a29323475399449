export { fromMicros, sumMicrosSql, sumUsd, toMicros } from './money.js';
