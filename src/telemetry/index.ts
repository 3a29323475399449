export { HealthRegistry, type HealthReport } from './health.js';
export { Log, logOptions, redactText } from './log.js';
export { Metrics } from './metrics.js';
export { TelemetryModule } from './telemetry.module.js';
