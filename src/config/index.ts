export { Clock, FixedClock, SystemClock, WallClock } from './clock.js';
export { CLOCK_SKEW_MS, isAhead } from './clock-skew.js';
export { ConfigModule } from './config.module.js';
export { KEEP_DAYS, type KeepKind, keepSetting } from './keep-days.js';
export { newId } from './new-id.js';
export { createRandom, type Random } from './random.js';
export { Settings, SettingsError, type QueueMode, type Role } from './settings.js';
export { TestClock } from './test-clock.js';
